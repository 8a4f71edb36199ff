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
			b.Offer(leadOf(fmt.Sprintf("site_%d", n), n))
		}
		<-time.After(250 * time.Millisecond)
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
