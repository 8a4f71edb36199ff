package builtin_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/explanation"
	"ringback/internal/locale"
	"ringback/internal/settings"
	"ringback/internal/settings/settingstest"
	"ringback/sources"
	"ringback/sources/builtin"
	"ringback/sources/callrail"
)

func TestRegistryFindsSourcesByName(t *testing.T) {
	t.Parallel()
	r := builtin.Sources()
	require.Contains(t, r.Names(), "callrail")
	for i, name := range r.Names() {
		s, found := r.Get(name)
		require.True(t, found)
		require.Equal(t, name, s.Describe().Name)
		require.Equal(t, s.Describe(), r.Descriptions()[i])
	}
	_, found := r.Get("carrier pigeon")
	require.False(t, found)
}

func TestRegistryRejectsDuplicateNames(t *testing.T) {
	t.Parallel()
	require.Panics(t, func() { sources.NewRegistry(callrail.New(), callrail.New()) })
}

// The page of a preset is short: its settings are those of a mapped source.
func TestPagesDescribeEverySettingWithItsDefault(t *testing.T) {
	t.Parallel()
	for _, s := range builtin.Sources().Descriptions() {
		page := "../../docs/sources/" + s.Name + ".md"
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		if strings.Contains(string(text), "A preset of a [mapped source](mapped.md)") {
			page = "../../docs/sources/mapped.md"
		}
		form := s.Form
		if s.SettleSeconds > 0 {
			form.Options = append(slices.Clone(form.Options), settings.Field{Name: "late_data_seconds", Default: strconv.Itoa(s.SettleSeconds)})
		}
		settingstest.PageDescribes(t, page, form)
	}
}

// Every setting has a name and a description in each language, and every address a name.
func TestEveryLanguageDescribesEverySource(t *testing.T) {
	t.Parallel()
	require.Empty(t, explanation.MessageProblems(explanation.SourceMessages))
	english := explanation.In(locale.English)
	for _, s := range builtin.Sources().Descriptions() {
		for _, l := range locale.Languages() {
			w := explanation.In(l)
			for _, f := range slices.Concat(s.Options, s.Credentials) {
				label, about := w.SourceSetting(s.Name, f.Name)
				_, other := english.SourceSetting(s.Name, f.Name)
				require.NotEmpty(t, label, "the name of %s of %s in %s", f.Name, s.Name, l)
				require.NotEmpty(t, about, "what %s of %s is, in %s", f.Name, s.Name, l)
				require.Equal(t, l == locale.English, about == other, "%s of %s in %s is not translated", f.Name, s.Name, l)
			}
			for _, a := range s.Addresses {
				require.NotEmpty(t, w.SourceAddress(s.Name, a.Code), "the address %s of %s in %s", a.Code, s.Name, l)
			}
			require.Len(t, w.SourceSteps(s.Name), len(english.SourceSteps(s.Name)))
		}
		require.NotEmpty(t, english.SourceSteps(s.Name), s.Name)
	}
}
