package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"

	"ringback/dev/demo"
	"ringback/dev/rtbhousefake"
	"ringback/dev/shop"
	"ringback/test/salesforcefake"
	"ringback/workflows"
)

// demonstrate serves the stand-in for RTB House and the sample shop, stores their
// addresses in the demonstration's site, and runs the demonstration if it is wanted.
// If wanted is nil, it runs only if the data folder is new.
func (s *stack) demonstrate(ctx context.Context, wanted *bool) error {
	play := s.data.new
	if wanted != nil {
		play = *wanted
	} else if !play {
		say(s.out, "\nThe demonstration runs by itself only if the data folder is new. --demo plays it again.")
	}
	if _, known, err := s.data.shop(); err != nil || (!known && !play) {
		return err
	}
	receiver := rtbhousefake.New(demo.PKEY, demo.TaggingHash)
	standIn, err := s.serve(ctx, "the stand-in for RTB House", "127.0.0.1:0", receiver)
	if err != nil {
		return err
	}
	player := demo.Player{
		API: demo.API{URL: s.url(), Token: s.token}, RTBHouse: receiver, Taken: s.callTaken, Clock: s.clock, Out: s.out,
	}
	if player.Shop, err = s.shop(ctx, player.API, demo.Places{RTBHouse: standIn, Shop: s.shopURL()}, play); err != nil {
		return err
	}
	if s.siteID = player.Shop.SiteID; s.siteID == "" { // deleted since
		return nil
	}
	if err := s.openShop(ctx, player); err != nil || !play {
		return err
	}
	say(s.out, "\nThe demonstration: a site with an integration that sends to %s, which stands in for RTB House.\n"+
		"It wants target calls (30 seconds or more) tagged \"sales\" that a paid click brought, and every lead.", standIn)
	if err := player.Play(ctx); err != nil {
		return err
	}
	return s.playRevenue(ctx, player)
}

// playRevenue serves an imitation of Salesforce, and plays how calls become revenue.
func (s *stack) playRevenue(ctx context.Context, player demo.Player) error {
	org := salesforcefake.New(true)
	address, err := s.serve(ctx, "the imitation of Salesforce", "127.0.0.1:0", org)
	if err != nil {
		return err
	}
	return player.PlayRevenue(ctx, org, address)
}

// openShop serves the sample shop and prints its address.
func (s *stack) openShop(ctx context.Context, player demo.Player) error {
	site, err := shop.New(player.Shop.Tag, player)
	if err != nil {
		return err
	}
	if _, err := s.serve(ctx, "the sample shop", s.addresses.shop.String(), site); err != nil {
		return err
	}
	say(s.out, "\n  Sample shop   %s/ad\n                click the ad, see the number change, call it or send the form", s.shopURL())
	return nil
}

// shop returns the demonstration's site. If it is from an earlier start, the addresses
// stored in it are replaced by the current ones. If it was deleted, a new one is
// created if it is needed.
func (s *stack) shop(ctx context.Context, api demo.API, at demo.Places, needed bool) (demo.Shop, error) {
	site, known, err := s.data.shop()
	if err != nil {
		return demo.Shop{}, err
	}
	if known {
		err = site.Reconnect(ctx, api, at)
		if err != nil && !errors.Is(err, demo.ErrGone) {
			return demo.Shop{}, err
		}
	}
	if !known || err != nil {
		if !needed {
			return demo.Shop{}, nil
		}
		if site, err = demo.Open(ctx, api, at); err != nil {
			return demo.Shop{}, err
		}
	}
	return site, s.data.keepShop(site)
}

// apiSource is the source of what the API reports, in workflow ids.
const apiSource = "api"

// callTaken waits until the workflow of a call has processed this number of events.
func (s *stack) callTaken(ctx context.Context, siteID, externalID string, events int) error {
	ticker := s.clock.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		taken, err := s.eventsTaken(ctx, workflows.CallID(siteID, apiSource, externalID))
		if err != nil || taken >= events {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the call's workflow has taken %d of %d events: %w", taken, events, ctx.Err())
		case <-ticker.Chan():
		}
	}
}

// eventsTaken returns how many events a workflow has processed, zero if it has not started.
func (s *stack) eventsTaken(ctx context.Context, workflowID string) (int, error) {
	var (
		progress workflows.Progress
		notBegun *serviceerror.NotFound
		notYet   *serviceerror.WorkflowNotReady
	)
	answer, err := s.client.QueryWorkflow(ctx, workflowID, "", workflows.ProgressQuery)
	if errors.As(err, &notBegun) || errors.As(err, &notYet) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("asking the call's workflow for its progress: %w", err)
	}
	if err := answer.Get(&progress); err != nil {
		return 0, fmt.Errorf("reading the progress of the call's workflow: %w", err)
	}
	return progress.Events, nil
}
