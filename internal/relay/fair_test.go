package relay_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models/outbox"
)

// leadOf is a signal of a site's n-th lead.
func leadOf(site string, n int) outbox.Signal {
	return outbox.Signal{
		Seq: int64(n), SiteID: site, ConversionID: fmt.Sprintf("cnv_%d", n), Kind: conversion.KindLead,
		EventType: "lead", WorkflowID: fmt.Sprintf("lead/%s/%d", site, n),
	}
}

func TestG6_ABurstOfOneSiteDelaysNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &temporal{delay: 100 * time.Millisecond}
		b := run(t, newOutbox(), server)
		synctest.Wait()
		for n := range 5000 {
			b.Offer(leadOf("site_busy", n))
		}
		for n := range 10 {
			b.Offer(leadOf(fmt.Sprintf("site_%d", n), 5000+n))
		}
		<-time.After(350 * time.Millisecond)
		others := 0
		for _, c := range server.calls() {
			if !strings.HasPrefix(c.id, "lead/site_busy/") {
				others++
			}
		}
		require.Equal(t, 10, others, "each is sent as soon as a sender is free")
		b.stop()
		require.GreaterOrEqual(t, len(server.calls()), 1024)
		require.Equal(t, 5010, len(server.calls())+b.metrics.dropped, "the newest of the busy site are left to the sweeper")
	})
}

func TestG6_BurstsOfManySitesDelayNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &temporal{delay: 100 * time.Millisecond}
		b := run(t, newOutbox(), server)
		synctest.Wait()
		for n := range 6 * 120 {
			b.Offer(leadOf(fmt.Sprintf("site_busy_%d", n%120), n))
		}
		for n := range 5 { // a lead each half second
			b.Offer(leadOf("site_quiet", 1000+n))
			<-time.After(500 * time.Millisecond)
		}
		quiet, all := 0, server.calls()
		for _, c := range all {
			if strings.HasPrefix(c.id, "lead/site_quiet/") {
				quiet++
			}
		}
		b.stop()
		require.Equal(t, 5, quiet)
		require.Less(t, len(all), 6*120, "the others still wait")
	})
}

func TestG6_FewSignalsAreSentAtOnceWhileTemporalIsSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &temporal{each: 10 * time.Millisecond} // it does one after the other
		b := run(t, newOutbox(), server)
		offer := func() {
			for n := range 1000 {
				b.Offer(leadOf("site_busy", n))
			}
			<-time.After(2 * time.Second)
		}
		offer()
		server.takeMost()
		<-time.After(time.Second)
		require.LessOrEqual(t, server.takeMost(), 8)
		server.mu.Lock()
		server.delay, server.each = 20*time.Millisecond, 0 // it is far away, and does any number at once
		server.mu.Unlock()
		<-time.After(time.Minute)
		offer()
		require.Equal(t, 32, server.takeMost())
		b.stop()
		require.Equal(t, 32, b.metrics.windows["sending"])
	})
}

func TestG6_SitesTakeTurnsInASweep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox()
		for n := range 15 {
			o.add(leadOf("site_busy", n+1))
		}
		o.add(leadOf("site_quiet", 21))
		o.add(leadOf("site_quiet", 22))
		b := run(t, o, &temporal{delay: time.Second})
		<-time.After(1500 * time.Millisecond) // eight at first
		first := b.temporal.calls()
		b.stop()
		require.Len(t, first, 8)
		quiet := 0
		for _, c := range first {
			if strings.HasPrefix(c.id, "lead/site_quiet/") {
				quiet++
			}
		}
		require.Equal(t, 2, quiet)
	})
}
