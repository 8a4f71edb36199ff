package database

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
)

func TestOnlyStatementsThatFailOrAreSlowAreLogged(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		took   time.Duration
		err    error
		logged bool
	}{
		"usual":          {0, nil, false},
		"not found":      {0, gorm.ErrRecordNotFound, false},
		"slow":           {slowQuery + time.Second, nil, true},
		"slow and empty": {slowQuery + time.Second, gorm.ErrRecordNotFound, true},
		"failed":         {0, errors.New("sample error"), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			clock := clockwork.NewFakeClock()
			asked := false
			text := func() (string, int64) { asked = true; return "SELECT sample", 1 }
			newStatementLog(slog.New(slog.NewTextHandler(&out, nil)), clock).Trace(t.Context(), clock.Now().Add(-test.took), text, test.err)
			require.Equal(t, test.logged, asked)
			if test.logged {
				require.Contains(t, out.String(), "SELECT sample")
			} else {
				require.Empty(t, out.String())
			}
		})
	}
}

// Parameters are people's data.
func TestG8_NoParameterIsLogged(t *testing.T) {
	t.Parallel()
	sql, values := newStatementLog(slog.Default(), clockwork.NewRealClock()).ParamsFilter(t.Context(), "SELECT $1", "person@example.com")
	require.Equal(t, "SELECT $1", sql)
	require.Empty(t, values)
}
