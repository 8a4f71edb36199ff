package models_test

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/models/modeltest"
)

// TestG4_ReasonsOfEarlierVersionsAreKept reads reasons that were stored as sentences
// in English, before they were data.
func TestG4_ReasonsOfEarlierVersionsAreKept(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
		site := modeltest.Site(t, s)
		integration := modeltest.Integration(t, s, site)
		d := modeltest.Delivery(t, s, site, integration)
		begin(t, s, d.ID)
		finish(t, s, d.ID, 1, delivery.ClassTimeout, deliveries.Failed, nil)
		_, err := s.UpdateBreaker(t.Context(), integration.ID, func(b *integrations.Breaker) { b.Reason = example })
		require.NoError(t, err)
		for text, want := range map[string]delivery.Reason{
			"answered 500":       {Text: "answered 500"},
			"{unfinished":        {Text: "{unfinished"},
			"":                   {},
			`{"code":"timeout"}`: {Code: delivery.ReasonTimeout},
			// A later version wrote these before a roll-back.
			`{"code":"timeout","status":"503"}`: {Code: delivery.ReasonTimeout},
			`{"values":{"n":1}}`:                {Text: `{"values":{"n":1}}`},
			`{"text":{"en":"later"}}`:           {Text: `{"text":{"en":"later"}}`},
		} {
			for _, table := range []string{"deliveries", "attempts", "breakers"} {
				_, err := modeltest.SQL(t, dsn).ExecContext(t.Context(), "UPDATE "+table+" SET reason = '"+text+"'")
				require.NoError(t, err)
			}
			stored, attempts := storedDelivery(t, s, site, d.ID)
			require.Equal(t, want, stored.Reason)
			require.Equal(t, want, attempts[0].Reason)
			b, err := s.Breaker(t.Context(), integration.ID)
			require.NoError(t, err)
			require.Equal(t, want, b.Reason)
		}
	})
}
