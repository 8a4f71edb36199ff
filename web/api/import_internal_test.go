package api

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// reads imports a file of which a part can be read.
func reads(t *testing.T, file string, limit int, now func() time.Time) (importView, []string) {
	t.Helper()
	var stored []string
	i := importer[string]{
		columns: []string{"external_id"}, now: now,
		row:   func(cells map[string]string) (string, error) { return cells["external_id"], nil },
		store: func(rows []string) (int, error) { stored = append(stored, rows...); return len(rows), nil },
	}
	view, err := i.read(t.Context(), Upload{
		body: &limited{body: strings.NewReader(file), left: limit}, until: func(time.Time) error { return nil },
	})
	require.NoError(t, err)
	return view, stored
}

func TestAFileThatIsTooLargeIsReadInParts(t *testing.T) {
	t.Parallel()
	const file = "external_id\na-1\na-2\na-3333\n"
	whole, stored := reads(t, file, 1000, time.Now)
	require.Zero(t, whole.ContinueAt)
	require.Equal(t, []string{"a-1", "a-2", "a-3333"}, stored)
	part, stored := reads(t, file, len(file)-4, time.Now)
	require.Equal(t, 3, part.ContinueAt)
	require.Equal(t, []string{"a-1", "a-2"}, stored, "no part of a line is stored")
}

func TestAFileThatTakesTooLongIsReadInParts(t *testing.T) {
	t.Parallel()
	at := time.Now()
	slow := func() time.Time { at = at.Add(importFor / 3); return at }
	part, stored := reads(t, "external_id\na-1\na-2\na-3\na-4\na-5\n", 1000, slow)
	require.Equal(t, 5, part.ContinueAt)
	require.Equal(t, []string{"a-1", "a-2", "a-3"}, stored)
}
