package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"

	"ringback/dev/demo"
	"ringback/dev/rtbhousefake"
	"ringback/workflows"
)

// demonstrate runs the stand-in for RTB House, tells the demonstration's shop
// where it is, and plays the demonstration where it is wanted: unless somebody
// says otherwise, on a new data folder alone.
func (s *stack) demonstrate(ctx context.Context, wanted *bool) error {
	play := s.data.new
	if wanted != nil {
		play = *wanted
	} else if !play {
		say(s.out, "\nThe demonstration plays by itself on a new data folder alone: --demo plays it again.")
	}
	if _, known, err := s.data.shop(); err != nil || (!known && !play) {
		return err
	}
	receiver := rtbhousefake.New(demo.PKEY, demo.TaggingHash)
	standIn, err := s.serveStandIn(ctx, receiver)
	if err != nil {
		return err
	}
	api := demo.API{URL: s.url(), Token: s.token}
	shop, err := s.shop(ctx, api, standIn, play)
	if err != nil || !play {
		return err
	}
	say(s.out, "\nThe demonstration: a site with an integration that sends to %s, which stands in for RTB House.\n"+
		"It wants target calls (30 seconds or more) tagged \"sales\" that a paid click brought, and every lead.", standIn)
	player := demo.Player{API: api, Shop: shop, RTBHouse: receiver, Taken: s.callTaken, Clock: s.clock, Out: s.out}
	return player.Play(ctx)
}

// shop is the demonstration's site. One of an earlier start is told where the
// stand-in listens this time; one that was deleted is made anew when it is needed.
func (s *stack) shop(ctx context.Context, api demo.API, standIn string, needed bool) (demo.Shop, error) {
	shop, known, err := s.data.shop()
	if err != nil {
		return demo.Shop{}, err
	}
	if known {
		err := shop.Reconnect(ctx, api, standIn)
		if !errors.Is(err, demo.ErrGone) {
			return shop, err
		}
	}
	if !needed {
		return demo.Shop{}, nil
	}
	if shop, err = demo.Open(ctx, api, standIn); err != nil {
		return demo.Shop{}, err
	}
	return shop, s.data.keepShop(shop)
}

// apiSource is the source of what the API reports, in workflow ids.
const apiSource = "api"

// callTaken waits until the workflow of a call has taken so many events and is
// done with them.
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

// eventsTaken asks a workflow how many events it has taken; 0: it has not begun.
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
