package activities

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestD2_NamesThatOperatorsAreShownAreShortAndHoldNoMarkup(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"":                    "",
		"RTB House":           "RTB House",
		"Ann's CRM (EU)":      "Ann's CRM (EU)",
		"Интернет-магазин №1": "Интернет-магазин 1",
		"a | b\n# c":          "a b c",
		"[log in](https://example.com) <b>`x`</b> ![i](j)": "log in (https //example.com) b x /b i (j)",
		"google_ads *new*": "google ads new",
	} {
		require.Equal(t, want, shownName(name), name)
	}
	for _, letter := range []string{"a", "ж", "漢", "𠀀", "a\u0301"} {
		long := shownName(strings.Repeat(letter, 200))
		require.LessOrEqual(t, len(long), maxShownName)
		require.Greater(t, len(long), maxShownName-8)
		require.True(t, utf8.ValidString(long))
		require.True(t, strings.HasSuffix(long, "..."))
	}
}
