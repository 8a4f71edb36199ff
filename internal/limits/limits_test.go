package limits_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/limits"
)

func TestTimesAreFrom2000OnAndAtMostADayAhead(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 31, 12, 17, 0, 0, time.UTC)
	for at, want := range map[time.Time]bool{
		now: true,
		time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC):      true,
		time.Date(1999, 12, 31, 23, 59, 59, 0, time.UTC): false,
		now.Add(24 * time.Hour):                          true,
		now.Add(24*time.Hour + 1):                        false,
	} {
		require.Equal(t, want, limits.IsPlausible(at, now), at)
	}
}

func TestEmailAddresses(t *testing.T) {
	t.Parallel()
	require.True(t, limits.IsEmail("visitor@example.com"))
	for _, text := range []string{"", "visitor", "Visitor <visitor@example.com>", " visitor@example.com", "visitor@exam\tple.com", "\"visi\ttor\"@example.com", "visi\rtor@example.com"} {
		require.False(t, limits.IsEmail(text), text)
	}
}

func TestCharactersAreCountedNotBytes(t *testing.T) {
	t.Parallel()
	require.False(t, limits.Exceeds(strings.Repeat("я", limits.Tag), limits.Tag))
	require.True(t, limits.Exceeds(strings.Repeat("я", limits.Tag+1), limits.Tag))
}

func TestTheZeroCharacterIsNotStorable(t *testing.T) {
	t.Parallel()
	require.True(t, limits.IsStorable("весна"))
	require.False(t, limits.IsStorable("a\x00b"))
	require.False(t, limits.IsStorable("\xff"))

	for text, want := range map[string]bool{
		`{"a":"b"}`:              false,
		`{"a":"\u0000"}`:         true,
		`{"a":"\\u0000"}`:        false, // a text about the escape
		`{"a":"\\\u0000"}`:       true,
		`{"a":"\\u0000 \u0000"}`: true,
	} {
		require.Equal(t, want, limits.HoldsZero([]byte(text)), text)
	}
}

func TestAddressesAmongOtherSigns(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ann@example.com": "ann@example.com", "Ann <ann@example.com>": "ann@example.com", "ann@example.com,": "ann@example.com", "mailto:ann@example.com?subject=a": "ann@example.com", "ann@example.com!": "ann@example.com",
		"'ann@example.com'": "ann@example.com", "o'neil+x@mail.example.com": "o'neil+x@mail.example.com", `"Ann" <ann@example.com>`: "ann@example.com", "ann@localhost": "ann@localhost",
		"ann@пример.рф": "ann@пример.рф", "a@example.com; b@example.com": "a@example.com", "": "", "ann": "", "@example.com": "", "ann@": "", "see https://example.com": "",
	} {
		require.Equal(t, want, limits.EmailIn(text), text)
	}
}
