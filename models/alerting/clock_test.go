package alerting_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/alerts"
	"ringback/conversion"
	"ringback/models"
	"ringback/models/alerting"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

// TestM9_AWrongClockOfASourceIsAnAlertUntilItIsRight has a source whose times are three hours
// in the future, as with a wrong time zone, then right, then ten minutes late. Another
// site's source of the same name is right.
func TestM9_AWrongClockOfASourceIsAnAlertUntilItIsRight(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site, other := modeltest.Site(t, s), modeltest.Site(t, s)
		actor := modeltest.ActorOf(site)
		sendTo(t, s, actor, nil)
		for _, x := range []websites.Site{site, other} {
			_, err := s.PutSource(t.Context(), modeltest.ActorOf(x), x.ID, "twilio", func(m *websites.Source) error { m.Enabled = true; return nil })
			require.NoError(t, err)
		}
		n := 0
		calls := func(site websites.Site, ahead time.Duration) {
			for range 100 {
				n++
				in := modeltest.CallEvent(site, fmt.Sprint("call-", n), conversion.CallEvent{
					ID: "e1", Type: conversion.EventStarted, At: clock.Now().Add(ahead), Caller: modeltest.Caller,
				})
				in.Source = "twilio"
				_, err := s.AcceptCallEvent(t.Context(), in)
				require.NoError(t, err)
			}
			require.NoError(t, s.NoteMessage(t.Context(), site.ID, "twilio", clock.Now()))
		}
		watch := func() []string {
			mine, err := s.WatchAlerts(t.Context(), words{})
			require.NoError(t, err)
			require.True(t, mine)
			return sent(t, s)
		}
		calls(other, -2*time.Second)
		calls(site, 3*time.Hour)
		require.Equal(t, []string{"source_clock_fast/twilio began"}, watch())
		open, _, err := s.Alerts(t.Context(), actor.AccountID, alerting.Filter{Open: true}, models.Page{})
		require.NoError(t, err)
		require.Len(t, open, 1)
		require.Equal(t, []any{site.ID, alerts.SourceClockFast, 10800}, []any{open[0].SiteID, open[0].Kind, open[0].Count})
		offsets, err := s.ClockOffsets(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]int{"twilio": 10800}, offsets)

		clock.Advance(5 * time.Minute)
		calls(site, -2*time.Second)
		require.Empty(t, watch(), "it is not measured at each look")
		clock.Advance(5 * time.Minute)
		require.Equal(t, []string{"source_clock_fast/twilio ended"}, watch())
		offsets, err = s.ClockOffsets(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]int{"twilio": 0}, offsets)

		calls(site, -10*time.Minute)
		clock.Advance(10 * time.Minute)
		require.Equal(t, []string{"source_clock_slow/twilio began"}, watch())
		offsets, err = s.ClockOffsets(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]int{"twilio": -600}, offsets)
		_, err = s.PutSource(t.Context(), actor, site.ID, "twilio", func(m *websites.Source) error { m.Enabled = false; return nil })
		require.NoError(t, err)
		require.Equal(t, []string{"source_clock_slow/twilio ended"}, watch(), "a source that is switched off has no alerts")
	})
}
