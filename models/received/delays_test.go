package received_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/sourcestatus"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

func TestM9_TheClockOfASourceIsMeasuredByItsCalls(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		site, other := modeltest.Site(t, s), modeltest.Site(t, s)
		calls := func(site websites.Site, source string, n int, ahead time.Duration) {
			for i := range n {
				in := modeltest.CallEvent(site, fmt.Sprint(source, "-", i), conversion.CallEvent{
					ID: "e1", Type: conversion.EventStarted, At: modeltest.Start.Add(ahead), Caller: modeltest.Caller,
				})
				in.Source = source
				_, err := s.AcceptCallEvent(t.Context(), in)
				require.NoError(t, err)
			}
		}
		calls(site, "twilio", 12, 90*time.Second)
		calls(site, "callrail", 12, -2*time.Second)
		calls(other, "twilio", 12, -time.Hour)
		for source, want := range map[string]sourcestatus.Clock{
			"twilio":    {Code: sourcestatus.ClockFast, Seconds: 90},
			"callrail":  {Code: sourcestatus.ClockRight},
			"calltouch": {Code: sourcestatus.ClockUnknown},
		} {
			delays, err := s.Delays(t.Context(), site.ID, source)
			require.NoError(t, err)
			require.Equal(t, want, sourcestatus.ClockOf(delays), source)
		}
	})
}
