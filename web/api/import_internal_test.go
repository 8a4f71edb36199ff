package api

import (
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/bursts"
	"ringback/web/internal/turns"
)

// reads imports a file of which a part can be read.
func reads(t *testing.T, file string, limit int, now func() time.Time) (importView, []string) {
	t.Helper()
	var stored []string
	i := importer[string]{
		columns: []string{"external_id"}, now: now, turns: turns.New(1, 0), key: "site_1",
		row:   func(cells map[string]string) (string, bool, error) { return cells["external_id"], false, nil },
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

// TestG1_AnOpenQuoteCostsNoOtherLine has quotes that are not closed, or closed by the quote of
// a later line.
func TestG1_AnOpenQuoteCostsNoOtherLine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file   string
		stored []string
		wrong  []int
	}{
		"until the end":      {"external_id\na-1\n\"a-2\na-3\r\n\na-4\n", []string{"a-1", "a-3", "a-4"}, []int{3}},
		"until another":      {"external_id\n\n\"a-1\na-2\n\"a-3\"\na-4\n", []string{"a-2", "a-3", "a-4"}, []int{3}},
		"in each line":       {"external_id\n\"a-1\n\"a-2\n\"a-3\n", nil, []int{2, 3, 4}},
		"within a line":      {"external_id\na\"-1\na-2\n", []string{"a-2"}, []int{2}},
		"a cell of two rows": {"external_id\n\"a\n1\"\na-2\n", []string{"a 1", "a-2"}, nil},
	} {
		view, stored := reads(t, test.file, 10_000, time.Now)
		require.Equal(t, test.stored, stored, name)
		var wrong []int
		for _, e := range view.Errors {
			wrong = append(wrong, e.Line)
		}
		require.Equal(t, test.wrong, wrong, name)
		require.Zero(t, view.ContinueAt, name)
	}
}

// TestLinesAreNumberedAcrossParts has more than the reader reads ahead at once.
func TestLinesAreNumberedAcrossParts(t *testing.T) {
	t.Parallel()
	file := "external_id\n" + strings.Repeat("a-plain\n", 3_000) + "\"a-open\n" + strings.Repeat("a-plain\n", 3_000) + "a\"-wrong\n"
	view, stored := reads(t, file, 1_000_000, time.Now)
	require.Len(t, stored, 6_000)
	require.Len(t, view.Errors, 2)
	require.Equal(t, 3_002, view.Errors[0].Line)
	require.Equal(t, "quote_closed", view.Errors[0].Code)
	require.Equal(t, 6_003, view.Errors[1].Line)
	require.Equal(t, "quotes", view.Errors[1].Code)
}

// TestG6_AFileIsStoredInSmallPiecesWhileOthersReport reads a file alone and beside a site that
// reports.
func TestG6_AFileIsStoredInSmallPiecesWhileOthersReport(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock() // nothing takes time, so that nothing rests
	all := bursts.New(clock)
	file := "external_id\n" + strings.Repeat("a-1\n", importBatch+importPiece+1)
	pieces := func() (lines []int) {
		i := importer[string]{
			columns: []string{"external_id"}, now: clock.Now, key: "file/site_1",
			turns: turns.New(1, 0).Yielding(clock, turns.Yield{Bursts: all, Places: 1, Rests: 1, Pieces: true, HeldBack: func() {}}),
			row:   func(cells map[string]string) (string, bool, error) { return cells["external_id"], false, nil },
			store: func(rows []string) (int, error) { lines = append(lines, len(rows)); return 0, nil },
		}
		_, err := i.read(t.Context(), Upload{body: strings.NewReader(file), until: func(time.Time) error { return nil }})
		require.NoError(t, err)
		return lines
	}
	require.Equal(t, []int{importBatch, importPiece + 1}, pieces())
	all.NoteSending("site_2")
	require.Equal(t, []int{importPiece, importPiece}, pieces()[:2], "its burst goes on")
}
