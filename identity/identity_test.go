package identity_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/identity"
)

func TestR8_KeysOfWhatIdentifiesNobodyAreEmpty(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]string{
		"no visitor": identity.VisitorKey(""), "no number": identity.PhoneKey(""), "no address": identity.EmailKey(" "),
		"one digit": identity.PhoneKey("+11111111111"), "digits in order": identity.PhoneKey("+11234567890"),
		"impossible number": identity.PhoneKey("+1202555"), "placeholder": identity.EmailKey("No@no.com"),
		"placeholder of a domain": identity.EmailKey("none@example.com"), "too long": identity.VisitorKey(strings.Repeat("x", 512)),
	} {
		require.Empty(t, key, name)
	}
	require.Equal(t, "visitor/a-1", identity.VisitorKey("a-1"))
	require.Equal(t, "phone/+12025550123", identity.PhoneKey("+12025550123"))
	require.Equal(t, "email/person@example.com", identity.EmailKey(" Person@Example.com "))
	require.Equal(t, "email/nora@example.com", identity.EmailKey("nora@example.com"), `it only begins like "no"`)
}

func TestKeysAreReadBack(t *testing.T) {
	t.Parallel()
	id, is := identity.VisitorOf(identity.VisitorKey("a-1"))
	require.True(t, is)
	require.Equal(t, "a-1", id)
	_, is = identity.VisitorOf(identity.PhoneKey("+12025550123"))
	require.False(t, is)
	e164, is := identity.PhoneOf(identity.PhoneKey("+12025550123"))
	require.True(t, is)
	require.Equal(t, "+12025550123", e164)
}

func keysOf(visitors, phones int) (keys []string) {
	for n := range visitors {
		keys = append(keys, identity.VisitorKey(fmt.Sprint("visitor-", n)))
	}
	for n := range phones {
		keys = append(keys, identity.PhoneKey(fmt.Sprintf("+120255501%02d", n)))
	}
	return keys
}

func TestR8_LimitsOfOnePerson(t *testing.T) {
	t.Parallel()
	require.False(t, identity.ExceedsLimits(keysOf(10, 5)))
	require.True(t, identity.ExceedsLimits(keysOf(11, 0)))
	require.True(t, identity.ExceedsLimits(keysOf(0, 6)))
	require.True(t, identity.ExceedsLimits(append(keysOf(0, 5), identity.EmailKey("person@example.com"))), "addresses and numbers count together")
}

// Whatever the keys and their order: repeats and empty keys never matter, and
// more keys never fit where fewer did not.
func TestR8_LimitsCountKeysOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keys := keysOf(rapid.IntRange(0, 14).Draw(t, "visitors"), rapid.IntRange(0, 8).Draw(t, "phones"))
		exceeds := identity.ExceedsLimits(keys)
		repeated := append(slices.Concat(keys, keys), "")
		require.Equal(t, exceeds, identity.ExceedsLimits(rapid.Permutation(repeated).Draw(t, "order")))
		if exceeds {
			require.True(t, identity.ExceedsLimits(append(keys, identity.EmailKey("person@example.com"))))
		}
	})
}

func TestR8_PeopleBecomeTheOneKnownLongest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var known []identity.Known
		var keys []string
		for n, person := range rapid.SliceOf(rapid.IntRange(0, 4)).Draw(t, "people") {
			key := fmt.Sprint("visitor/", n)
			keys = append(keys, key)
			known = append(known, identity.Known{Key: key, Person: fmt.Sprint("per_", person)})
		}
		people := identity.People(known)
		require.True(t, slices.IsSorted(people))
		into, others := identity.Merge(known)
		require.Equal(t, len(people) == 1, identity.AreOne(keys, known))
		require.False(t, identity.AreOne(append(keys, "visitor/new"), known))
		if len(people) < 2 {
			require.Empty(t, into)
			require.Empty(t, others)
			return
		}
		require.Equal(t, people, append([]string{into}, others...))
	})
}

func TestR1_VisitorIDsThatAreNewOrChanged(t *testing.T) {
	t.Parallel()
	known := map[string]string{"rtbhouse": "r-1", "bizible": "b-1"}
	reported := map[string]string{
		"rtbhouse": "r-2", "bizible": "b-1", "google": "g-1", "shop": "unknown", "long": strings.Repeat("x", 2049),
	}
	require.Equal(t, map[string]string{"rtbhouse": "r-2", "google": "g-1"}, identity.NewVisitorIDs(known, reported, false))
	require.Equal(t, map[string]string{"google": "g-1"}, identity.NewVisitorIDs(known, reported, true), "an older view changes none")
	require.Equal(t, map[string]string{"rtbhouse": "r-1", "bizible": "b-1"}, known)

	require.Equal(t, map[string]string{"bizible": "b-1"},
		identity.UsableVisitorIDs(map[string]string{"bizible": `%7B%22id%22%3A%22b-1%22%7D`, "shop": "unknown"}))
}

func TestFilledVisitorIDsKeepTheirOwn(t *testing.T) {
	t.Parallel()
	ids := rapid.MapOf(rapid.SampledFrom([]string{"a", "b", "c"}), rapid.StringN(1, 3, 3))
	rapid.Check(t, func(t *rapid.T) {
		mine, others := ids.Draw(t, "mine"), ids.Draw(t, "others")
		filled := identity.FillVisitorIDs(mine, others)
		for system, id := range filled {
			if own, has := mine[system]; has {
				require.Equal(t, own, id)
			} else {
				require.Equal(t, others[system], id)
			}
		}
		for system := range others {
			require.Contains(t, filled, system)
		}
	})
	require.Nil(t, identity.FillVisitorIDs(nil, map[string]string{}))
}
