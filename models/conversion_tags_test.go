package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
)

// manyCharacters returns so many characters of three bytes each that hardly compress.
func manyCharacters(n int) string {
	var text strings.Builder
	for i := range n {
		text.WriteRune(rune(0x4E00 + i*7919%0x5000))
	}
	return text.String()
}

// An index of PostgreSQL holds at most 2,704 bytes of a row.
func TestG1_AVisitorIDThatNoIndexHoldsIsStoredWithItsLead(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		lead := modeltest.Lead(site, "lead-1")
		lead.Lead.Traffic = &conversion.Traffic{Source: "google"}
		lead.Lead.VisitorIDs = map[string]string{"crm": manyCharacters(1000), "rtbhouse": "test-visitor"}
		accepted, err := s.AcceptLead(t.Context(), lead)
		require.NoError(t, err)
		require.Equal(t, lead.Lead.VisitorIDs, detail(t, s, site, accepted.ConversionID).Conversion.VisitorIDs)
	})
}
