package passwords_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"ringback/internal/passwords"
)

// quick are parameters that take no time.
var quick = passwords.Parameters{Memory: 8, Passes: 1, Threads: 1}

func TestWhichPasswordsAreAccepted(t *testing.T) {
	t.Parallel()
	for password, code := range map[string]string{
		"":                        "password_longer",
		"123456789":               "password_longer",
		"пароль-из9":              "", // ten characters, seventeen bytes
		"пароль-и9":               "password_longer",
		"correct horse battery":   "",
		strings.Repeat("a", 128):  "",
		strings.Repeat("a", 129):  "password_shorter",
		strings.Repeat("я", 65):   "password_shorter",
		strings.Repeat("\xff", 9): "password_longer",
	} {
		reason, ok := passwords.Check(password)
		require.Equal(t, code == "", ok, "%q", password)
		require.Equal(t, code, reason.Code, "%q", password)
	}
}

func TestAHashIsOfItsPasswordAlone(t *testing.T) {
	t.Parallel()
	h := passwords.NewHasher(quick)
	rapid.Check(t, func(t *rapid.T) {
		password, other := rapid.String().Draw(t, "password"), rapid.String().Draw(t, "other")
		hash, err := h.Hash(context.Background(), password)
		require.NoError(t, err)
		for text, want := range map[string]bool{password: true, password + "x": false, other: norm.NFC.String(other) == norm.NFC.String(password)} {
			ok, err := h.Verify(context.Background(), text, hash)
			require.NoError(t, err)
			require.Equal(t, want, ok)
		}
	})
}

func TestAHashHoldsItsParameters(t *testing.T) {
	t.Parallel()
	old, now := passwords.NewHasher(quick), passwords.NewHasher(passwords.Parameters{Memory: 16, Passes: 2, Threads: 1})
	hash, err := old.Hash(t.Context(), "a sample password")
	require.NoError(t, err)
	require.Regexp(t, `^\$argon2id\$v=19\$m=8,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, hash)
	ok, err := now.Verify(t.Context(), "a sample password", hash)
	require.NoError(t, err)
	require.True(t, ok, "the costs were raised since")
	require.True(t, now.IsOutdated(hash))
	require.False(t, old.IsOutdated(hash))

	again, err := old.Hash(t.Context(), "a sample password")
	require.NoError(t, err)
	require.NotEqual(t, hash, again, "each has a salt of its own")
}

func TestNobodysPassword(t *testing.T) {
	t.Parallel()
	h := passwords.NewHasher(quick)
	ok, err := h.Verify(t.Context(), "", "")
	require.NoError(t, err)
	require.False(t, ok)
	for _, broken := range []string{"$", "$$", "plain", "$argon2id$v=19$m=8,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA", "$argon2i$v=19$m=8,t=1,p=1$AAAA$AAAA"} {
		_, err := h.Verify(t.Context(), "plain", broken)
		require.Error(t, err, broken)
		require.NotContains(t, err.Error(), "AAAA")
	}
}

// Different keyboards write é as one character or as two.
func TestOnePasswordInTwoSpellings(t *testing.T) {
	t.Parallel()
	h := passwords.NewHasher(quick)
	hash, err := h.Hash(t.Context(), "caf\u00e9-sample")
	require.NoError(t, err)
	ok, err := h.Verify(t.Context(), "cafe\u0301-sample", hash)
	require.NoError(t, err)
	require.True(t, ok)
}

// A request that ended does not wait for its turn.
func TestNobodyHashesForARequestThatEnded(t *testing.T) {
	t.Parallel()
	ended, end := context.WithCancel(t.Context())
	end()
	_, err := passwords.NewHasher(quick).Hash(ended, "a sample password")
	require.ErrorIs(t, err, context.Canceled)
}
