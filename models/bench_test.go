package models_test

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/ids"
	"ringback/models/modeltest"
)

// How many leads and first events of calls the store accepts, many at a time.
func BenchmarkAccept(b *testing.B) {
	modeltest.BenchEach(b, func(b *testing.B, dsn string) {
		s := modeltest.Open(b, dsn, clockwork.NewRealClock())
		site := modeltest.Site(b, s)
		accept := map[string]func() error{
			"lead": func() error {
				_, err := s.AcceptLead(b.Context(), modeltest.Lead(site, ids.New("external")))
				return err
			},
			"call": func() error {
				event := conversion.Event{ID: "1", Type: conversion.EventStarted, At: modeltest.Start, Caller: modeltest.Caller}
				_, err := s.AcceptCallEvent(b.Context(), modeltest.CallEvent(site, ids.New("external"), event))
				return err
			},
		}
		for name, f := range accept {
			b.Run(name, func(b *testing.B) {
				b.SetParallelism(8)
				b.RunParallel(func(p *testing.PB) {
					for p.Next() {
						require.NoError(b, f())
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "accepted/s")
			})
		}
	})
}
