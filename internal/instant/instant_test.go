package instant_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/instant"
)

func TestTimesAreCutAsTheyAreStored(t *testing.T) {
	t.Parallel()
	given := time.Date(2026, 1, 31, 13, 17, 0, 123456789, time.FixedZone("", 3600))
	want := time.Date(2026, 1, 31, 12, 17, 0, 123456000, time.UTC)
	require.Equal(t, want, instant.Of(given))
	require.Equal(t, want, instant.Now(clockwork.NewFakeClockAt(given)))
}
