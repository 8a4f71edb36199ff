package locale_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/locale"
)

const nbsp = "\u00a0"

func TestNumbersDatesAndDurations(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 4, 12, 0, 5, 0, time.FixedZone("", 3*3600))
	for l, want := range map[locale.Language][]string{
		locale.English: {
			"1,234", "95 s", "0.042 s", "4 minutes", "1 minute", "21 hours", "2 days", "less than a second",
			"4 May 2026, 09:00 UTC", "4 May 2026 09:00:05 UTC", "22.5%", "100%", "0.01%", "4 May 2026",
		},
		locale.Russian: {
			"1" + nbsp + "234", "95 с", "0,042 с", "4 минуты", "1 минуту", "21 час", "2 дня", "долю секунды",
			"4 мая 2026 г., 09:00 UTC", "4 мая 2026 г., 09:00:05 UTC", "22,5" + nbsp + "%", "100" + nbsp + "%", "0,01" + nbsp + "%", "4 мая 2026 г.",
		},
		locale.Portuguese: {
			"1.234", "95 s", "0,042 s", "4 minutos", "1 minuto", "21 horas", "2 dias", "menos de um segundo",
			"4 de mai. de 2026, 09:00 UTC", "4 de mai. de 2026, 09:00:05 UTC", "22,5%", "100%", "0,01%", "4 de mai. de 2026",
		},
	} {
		require.Equal(t, want, []string{
			l.Number(1234), l.Seconds(95), l.Milliseconds(42 * time.Millisecond), l.Span(4*time.Minute + 59*time.Second),
			l.Span(time.Minute), l.Span(21 * time.Hour), l.Span(48 * time.Hour), l.Span(time.Second - 1), l.Time(at), l.ExactTime(at),
			l.Percent(2250), l.Percent(10_000), l.Percent(1), l.Date(at),
		}, l)
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		preferences []string
		want        locale.Language
	}{
		{nil, locale.English},
		{[]string{"", ""}, locale.English},
		{[]string{"ru"}, locale.Russian},
		{[]string{"", "ru-RU,ru;q=0.9,en;q=0.8"}, locale.Russian},
		{[]string{"pt-BR", "ru"}, locale.Portuguese},
		{[]string{"", "pt;q=0.7, de"}, locale.Portuguese},
		{[]string{"", "de-DE, fr;q=0.9"}, locale.English},
		{[]string{"de", "ru"}, locale.Russian},
		{[]string{"", "no language at all;;;q=x"}, locale.English},
		{[]string{"", "en-GB,ru;q=0.9"}, locale.English},
		{[]string{"", "ru, bad_tag_$$$, en;q=0.5"}, locale.Russian},
		{[]string{"", "ru," + strings.Repeat("de;q=0.1,", 100)}, locale.Russian},
	} {
		require.Equal(t, test.want, locale.Choose(test.preferences...), "%q", test.preferences)
	}
}

func TestProblemsOfMessageFiles(t *testing.T) {
	t.Parallel()
	catalog := locale.Embedded(fstest.MapFS{
		"messages/en.yaml":    {Data: []byte("calls: {one: '{{.Count}} call', other: '{{.Count}} calls'}\nonly: here\nname: name\nwaits: 'waits for {{.What}} until {{.Until}}'")},
		"messages/ru.yaml":    {Data: []byte("calls: {one: '{{.Count}} звонок', few: '{{.Count}} звонка', other: '{{.Count}} звонка'}\nname: имя\nwaits: 'ждёт {{.What}} до {{.Untl}}'")},
		"messages/pt-BR.yaml": {Data: []byte("calls: '{{.Count}} chamadas'\nname: nome\nwaits: 'espera {{.What}} até {{.Until}}'")},
	})
	require.Equal(t, []string{
		"ru: calls has the forms [one few other] instead of [one few many other]",
		"pt-BR: calls has the forms [other] instead of [one many other]",
		"ru: only is missing", "pt-BR: only is missing",
		"ru: waits has the placeholders [Untl What] in its form other instead of [Until What]",
	}, catalog.Problems())

	catalog = catalog.Recording()
	require.Equal(t, "1 call", catalog.Plural(locale.English, "calls", 1, nil))
	require.Equal(t, "nothing.such", catalog.Text(locale.Russian, "nothing.such", nil))
	require.Equal(t, "waits", catalog.Text(locale.English, "waits", locale.Values{"What": "a call"}), "no reader is shown a gap")
	unused, missing := catalog.Unused()
	require.Equal(t, []string{"name", "only"}, unused)
	require.Equal(t, []string{"nothing.such"}, missing)

	empty := locale.Embedded(fstest.MapFS{})
	require.Panics(t, func() { empty.Text(locale.English, "calls", nil) })
}

func TestOwnMessagesAreComplete(t *testing.T) {
	t.Parallel()
	require.Empty(t, locale.FormatProblems())
}
