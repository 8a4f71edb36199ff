// Package demo runs calls, a lead and a visit through Ringback and prints the
// results. It uses only the HTTP API, webhooks and the script's endpoints, as
// an integrator would. It must not know of the database or of Temporal.
package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/dev/rtbhousefake"
)

// patience is how long the demonstration waits for one conversion.
const patience = 30 * time.Second

// Player runs the demonstration.
type Player struct {
	API      API
	Shop     Shop
	RTBHouse *rtbhousefake.Receiver
	// Taken waits until Ringback has processed this many events of a call, so that
	// the history shows each event on its own, as in a call of real length.
	Taken func(ctx context.Context, siteID, externalID string, events int) error
	Clock clockwork.Clock
	Out   io.Writer
}

// scene is one conversion: a description of what happens, and the requests to the API.
type scene struct {
	title, story string
	visitorID    string // RTB House's id of the visitor
	send         func(ctx context.Context) (report, error)
}

// report is the reporting of a conversion.
type report struct {
	conversionID string
	lastAt       time.Time // when its last event was reported; from then on it can be decided
}

// Play runs the scenes one after the other, and then a call of each provider.
func (p Player) Play(ctx context.Context) error {
	run := strings.ToLower(rand.Text()[:8])
	for _, s := range []scene{p.call(run, 95), p.call(run, 8), p.lead(run), p.visit(run)} {
		fmt.Fprintf(p.Out, "\n%s\n  %s\n", s.title, s.story)
		if err := p.play(ctx, s); err != nil {
			return fmt.Errorf("playing %q: %w", s.title, err)
		}
	}
	return p.playProviders(ctx, run)
}

func (p Player) play(ctx context.Context, s scene) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	told, err := s.send(ctx)
	if err != nil {
		return err
	}
	c, err := p.awaitDone(ctx, told.conversionID)
	if err != nil {
		return err
	}
	took := p.Clock.Since(told.lastAt)
	for _, d := range c.Decisions {
		fmt.Fprintf(p.Out, "  decided     %s\n", d.Explanation)
	}
	for _, d := range c.Deliveries {
		fmt.Fprintf(p.Out, "  %-11s after %d ms, %s: %s\n", d.State, took.Milliseconds(), attempts(len(d.Attempts)), d.Explanation)
		if d.State == "delivered" {
			if err := p.printReceived(ctx, s.visitorID); err != nil {
				return err
			}
		}
	}
	fmt.Fprintf(p.Out, "  conversion  %s\n  workflow    %s\n", p.API.Page("/conversions/"+c.ID), c.WorkflowURL)
	return nil
}

// printReceived prints what the stand-in for RTB House received.
func (p Player) printReceived(ctx context.Context, visitorID string) error {
	got, err := p.RTBHouse.Await(ctx, visitorID)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "  received    tag=%s %s=%s\n", got.Tags[0], got.IDKind, got.VisitorID)
	return nil
}

func (p Player) awaitDone(ctx context.Context, id string) (conversion, error) {
	ticker := p.Clock.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		var c conversion
		if err := p.API.do(ctx, http.MethodGet, "/conversions/"+id, nil, &c); err != nil {
			return conversion{}, err
		}
		if c.State == "done" {
			return c, nil
		}
		select {
		case <-ctx.Done():
			return conversion{}, fmt.Errorf("the conversion is still %s after %s", c.State, patience)
		case <-ticker.Chan():
		}
	}
}

func attempts(n int) string {
	if n == 1 {
		return "1 attempt"
	}
	return fmt.Sprintf("%d attempts", n)
}
