package secrets_test

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/secrets"
)

func box(t *testing.T, keys string) *secrets.Box {
	t.Helper()
	b, err := secrets.New(keys)
	require.NoError(t, err)
	return b
}

func TestSealedOpensInItsPlaceOnly(t *testing.T) {
	t.Parallel()
	keys, err := secrets.Generate()
	require.NoError(t, err)
	b := box(t, keys)
	sealed, err := b.Seal([]byte("example secret"), "integrations/1")
	require.NoError(t, err)
	require.NotContains(t, string(sealed), "example secret")

	plain, err := b.Open(sealed, "integrations/1")
	require.NoError(t, err)
	require.Equal(t, "example secret", string(plain))
	_, err = b.Open(sealed, "integrations/2")
	require.ErrorContains(t, err, "integrations/2")
	sealed[len(sealed)-1] ^= 1
	_, err = b.Open(sealed, "integrations/1")
	require.Error(t, err)
}

func TestRotateSealsWithANewKeyAndOpensTheOld(t *testing.T) {
	t.Parallel()
	before, err := secrets.Generate()
	require.NoError(t, err)
	after, err := secrets.Rotate(before)
	require.NoError(t, err)
	old, rotated := box(t, before), box(t, after)

	sealed, err := old.Seal([]byte("example secret"), "here")
	require.NoError(t, err)
	plain, err := rotated.Open(sealed, "here")
	require.NoError(t, err)
	require.Equal(t, "example secret", string(plain))

	sealed, err = rotated.Seal([]byte("example secret"), "here")
	require.NoError(t, err)
	_, err = old.Open(sealed, "here")
	require.Error(t, err)
}

func TestPruneKeepsTheNewestKeyAlone(t *testing.T) {
	t.Parallel()
	first, err := secrets.Generate()
	require.NoError(t, err)
	second, err := secrets.Rotate(first)
	require.NoError(t, err)
	third, err := secrets.Rotate(second)
	require.NoError(t, err)
	pruned, err := secrets.Prune(third)
	require.NoError(t, err)

	newest, err := box(t, third).Seal([]byte("example secret"), "here")
	require.NoError(t, err)
	plain, err := box(t, pruned).Open(newest, "here")
	require.NoError(t, err)
	require.Equal(t, "example secret", string(plain))
	for _, keys := range []string{first, second} {
		old, err := box(t, keys).Seal([]byte("example secret"), "here")
		require.NoError(t, err)
		_, err = box(t, pruned).Open(old, "here")
		require.Error(t, err)
	}
	again, err := secrets.Prune(pruned)
	require.NoError(t, err)
	_, err = box(t, again).Open(newest, "here")
	require.NoError(t, err)
}

func TestUnusableKeysAreRefusedWithoutQuotingThem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ keys, says string }{
		"none":         {"", "RINGBACK_ENCRYPTION_KEYS"},
		"not base64":   {"sensitive!", "not base64"},
		"not a keyset": {base64.StdEncoding.EncodeToString([]byte(`{"sensitive": 1}`)), "not a Tink JSON keyset"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := secrets.New(c.keys)
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "sensitive")
			_, err = secrets.Rotate(c.keys)
			require.ErrorContains(t, err, c.says)
			_, err = secrets.Prune(c.keys)
			require.ErrorContains(t, err, c.says)
		})
	}
}
