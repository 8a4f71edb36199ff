package models_test

import (
	"sync/atomic"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/ids"
	"ringback/models/modeltest"
	"ringback/models/websites"
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
				event := conversion.CallEvent{ID: "1", Type: conversion.EventStarted, At: modeltest.Start, Caller: modeltest.Caller}
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

// How many page views the store accepts, many at a time: those that begin a
// visit of a new visitor, and those of visitors who continue one.
func BenchmarkSeeActivity(b *testing.B) {
	modeltest.BenchEach(b, func(b *testing.B, dsn string) {
		s := modeltest.Open(b, dsn, clockwork.NewRealClock())
		plan := websites.Plan{Site: modeltest.Site(b, s)}
		for name, visitors := range map[string]int{"new visitors": 0, "100 visitors": 100} {
			b.Run(name, func(b *testing.B) {
				var next atomic.Int64
				b.SetParallelism(8)
				b.RunParallel(func(p *testing.PB) {
					for p.Next() {
						n := int(next.Add(1))
						if visitors > 0 {
							n %= visitors
						}
						_, err := s.RecordActivity(b.Context(), plan, view(visitor(n), ids.New("hit"), modeltest.Start, home))
						require.NoError(b, err)
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "accepted/s")
			})
		}
	})
}
