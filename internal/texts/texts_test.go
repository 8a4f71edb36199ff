package texts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/texts"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                      "",
		" spring sale ":         "spring sale",
		"a\x00b\x1bc\u0085d":    "abcd",
		"two\r\nlines\tand":     "two\r\nlines\tand",
		"bytes \xff\xfe":        "bytes \uFFFD",
		"весна":                 "весна",
		"sales\u202Egnp.\u202C": "salesgnp.",
		"\u2066a\u2069b":        "ab",
	} {
		require.Equal(t, want, texts.Clean(in), "%q", in)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "sales": "sales", " two\r\nlines\tand ": "two lines and", "a\u2028b": "a b", "two  spaces": "two  spaces", "\n": "",
	} {
		require.Equal(t, want, texts.Line(in), "%q", in)
	}
}

func TestFirst(t *testing.T) {
	t.Parallel()
	require.Empty(t, texts.First("весна", 0))
	require.Equal(t, "вес", texts.First("весна", 3))
	require.Equal(t, "весна", texts.First("весна", 5))
	require.Equal(t, "spring", texts.First("spring", 6))
	require.Equal(t, "sprin", texts.First("spring", 5))
}

func TestDigits(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{"": "", "none": "", "+1 (202) 555-0123": "12025550123", "٠1٢2": "12"} {
		require.Equal(t, want, texts.Digits(given), "%q", given)
	}
}
