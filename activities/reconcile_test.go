package activities_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"ringback/activities"
	"ringback/conversion"
	"ringback/internal/accept"
	"ringback/internal/outbound"
	"ringback/internal/sourcestatus"
	"ringback/internal/telemetry"
	"ringback/internal/unread"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/outbox"
	"ringback/models/received"
	"ringback/models/reconciliations"
	"ringback/models/websites"
	"ringback/sources"
	"ringback/sources/builtin"
	"ringback/test/calllistfake"
	"ringback/workflows"
)

// quiet takes what the acceptor has to say.
type quiet struct{}

func (quiet) Offer(outbox.Signal)             {}
func (quiet) Accepted(string, string, string) {}

// listWorld is a source whose provider is imitated.
type listWorld struct {
	*calllistfake.Server
	*activities.Reconciling
	store    *models.Store
	site     websites.Site
	source   string
	messages *accept.Messages
	clock    *clockwork.FakeClock
}

// reconcilesCallRail sets up a source whose calls are reconciled.
func reconcilesCallRail(t *testing.T, s *models.Store, clock *clockwork.FakeClock) *listWorld {
	p := listProviders[0]
	return reconcilesSource(t, s, clock, p.source, maps.Clone(p.options), maps.Clone(p.credentials))
}

func reconcilesSource(t *testing.T, s *models.Store, clock *clockwork.FakeClock, source string, options, credentials map[string]string) *listWorld {
	t.Helper()
	w := &listWorld{Server: &calllistfake.Server{}, store: s, site: modeltest.Site(t, s), source: source, clock: clock}
	api := httptest.NewServer(w)
	t.Cleanup(api.Close)
	options["api_url"] = api.URL
	w.set(t, func(m *websites.Source) { m.Enabled, m.Options, m.Credentials = true, options, credentials })
	client := outbound.New(outbound.Options{AllowPrivate: true})
	t.Cleanup(client.Close)
	w.messages = accept.NewMessages(s, accept.New(s, quiet{}, quiet{}), slog.New(slog.DiscardHandler))
	w.Reconciling = &activities.Reconciling{
		Store: s, Messages: w.messages, Sources: builtin.Sources(), Outbound: client, Gate: gateOf(clock),
		Clock: clock, Jitter: func() float64 { return 0 }, Logger: slog.New(slog.DiscardHandler),
		Metrics: telemetry.NewMetrics(telemetry.NewRegistry()),
	}
	w.round(t) // calls count from now on
	return w
}

func (w *listWorld) set(t *testing.T, change func(*websites.Source)) {
	t.Helper()
	_, err := w.store.PutSource(t.Context(), modeltest.ActorOf(w.site), w.site.ID, w.source, func(m *websites.Source) error { change(m); return nil })
	require.NoError(t, err)
}

func (w *listWorld) part(t *testing.T) (workflows.Reconciled, error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(w.Reconcile)
	var part workflows.Reconciled
	value, err := env.ExecuteActivity(w.Reconcile, workflows.ReconcileInput{SiteID: w.site.ID, Source: w.source})
	if err == nil {
		require.NoError(t, value.Get(&part))
	}
	return part, err
}

// round reads the list to its end, and returns how many calls were found. It waits as
// long as the parts ask for.
func (w *listWorld) round(t *testing.T) int {
	t.Helper()
	found := 0
	for {
		part, err := w.part(t)
		require.NoError(t, err)
		found += part.Found
		if part.State != string(reconciliations.Running) && part.State != string(reconciliations.Paused) {
			require.Equal(t, string(reconciliations.Done), part.State)
			return found
		}
		w.clock.Advance(part.Wait)
	}
}

func (w *listWorld) state(t *testing.T) reconciliations.Reconciliation {
	t.Helper()
	row, err := w.store.Reconciliation(t.Context(), w.site.AccountID, w.site.ID, w.source)
	require.NoError(t, err)
	return row
}

// conversions returns the calls that are stored, by their external ids.
func (w *listWorld) conversions(t *testing.T) map[string]models.Conversion {
	t.Helper()
	found := map[string]models.Conversion{}
	for page := (models.Page{Limit: 500}); ; {
		list, next, err := w.store.Conversions(t.Context(), models.ConversionFilter{AccountID: w.site.AccountID, SiteID: w.site.ID}, page)
		require.NoError(t, err)
		for _, c := range list {
			require.NotContains(t, found, c.ExternalID)
			found[c.ExternalID] = c
		}
		if page.Cursor = next; next == "" {
			return found
		}
	}
}

// call returns an answered call that began some time ago.
func (w *listWorld) call(id string, ago time.Duration) calllistfake.Call {
	return calllistfake.Call{ID: id, At: w.clock.Now().Add(-ago), Seconds: 90, Answered: true, Caller: modeltest.Caller}
}

// webhook takes CallRail's message about a call.
func (w *listWorld) webhook(t *testing.T, body string) {
	t.Helper()
	w.take(t, sources.Request{Method: http.MethodPost, Body: []byte(body), ReceivedAt: w.clock.Now()})
}

// take takes a message of the provider.
func (w *listWorld) take(t *testing.T, request sources.Request) {
	t.Helper()
	stored, err := w.store.Source(t.Context(), w.site.AccountID, w.site.ID, w.source)
	require.NoError(t, err)
	source, _ := w.Sources.Get(w.source)
	outcome, err := w.messages.Take(t.Context(), accept.Message{Site: w.site, Source: source, Settings: accept.SettingsOf(stored, w.site), Request: request})
	require.NoError(t, err)
	require.Nil(t, outcome.Unread)
}

func TestM9_ACallWhoseMessageNeverCameIsFoundOnce(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := reconcilesCallRail(t, s, clock)
		clock.Advance(time.Hour)
		w.Put(w.call("CAL1", time.Minute))
		require.Zero(t, w.round(t), "its message may still come")
		clock.Advance(25 * time.Minute)
		require.Zero(t, w.round(t))
		clock.Advance(time.Minute)
		require.Equal(t, 1, w.round(t))
		require.Zero(t, w.round(t))
		clock.Advance(10 * time.Minute)
		require.Zero(t, w.round(t))

		found := w.conversions(t)["CAL1"]
		require.Equal(t, conversion.OutcomeAnswered, found.Outcome)
		require.Equal(t, 90, *found.TalkSeconds)
		require.Equal(t, modeltest.Caller, found.Phone)
		row := w.state(t)
		require.Equal(t, int64(1), row.Found)
		require.Zero(t, row.Completed)
		require.NotNil(t, row.LastFoundAt)
	})
}

func TestM9_ACallOfWhichOnlyTheStartCameIsCompleted(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := reconcilesCallRail(t, s, clock)
		clock.Advance(time.Hour)
		call := w.call("CAL1", 0)
		w.webhook(t, fmt.Sprintf(`{"resource_id":"CAL1","call_type":"in_progress","start_time":%q,"customer_phone_number":"2025550123"}`, call.At.Format(time.RFC3339)))
		w.Put(call)
		clock.Advance(30 * time.Minute)
		require.Zero(t, w.round(t))
		require.NotNil(t, w.conversions(t)["CAL1"].EndedAt)
		require.Equal(t, int64(1), w.state(t).Completed)
		events := w.detail(t, "CAL1").Events
		require.Equal(t, conversion.Reporter{Kind: conversion.ByWebhook, ID: "callrail", Name: "CallRail"}, events[0].Reporter)
		require.Equal(t, conversion.Reporter{Kind: conversion.ByList, ID: "callrail", Name: "CallRail"}, events[len(events)-1].Reporter)
		w.round(t)
		require.Equal(t, int64(1), w.state(t).Completed)
	})
}

// TestG5_WhatAListAddsToADecidedCallIsLate changes the tags of a call after it ended.
func TestG5_WhatAListAddsToADecidedCallIsLate(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := reconcilesCallRail(t, s, clock)
		clock.Advance(time.Hour)
		call := w.call("CAL1", 0)
		call.Tags = []string{"sales"}
		w.webhook(t, fmt.Sprintf(`{"resource_id":"CAL1","answered":true,"duration":"90","start_time":%q,"tags":["sales"]}`, call.At.Format(time.RFC3339)))
		w.Put(call)
		clock.Advance(30 * time.Minute)
		w.round(t)
		require.Zero(t, w.state(t).Completed, "nothing is new")
		events := func() int { return len(w.detail(t, "CAL1").Events) }
		before := events()

		call.Tags = append(call.Tags, "spam")
		w.Put(call)
		clock.Advance(10 * time.Minute)
		w.round(t)
		w.round(t)
		require.Equal(t, int64(1), w.state(t).Completed)
		require.Equal(t, before+1, events())
		for _, tag := range w.detail(t, "CAL1").Tags {
			require.Equal(t, tag.Label == "spam", tag.Late, tag.Label)
		}
	})
}

func (w *listWorld) detail(t *testing.T, externalID string) models.Detail {
	t.Helper()
	detail, err := w.store.ConversionDetail(t.Context(), w.site.AccountID, w.conversions(t)[externalID].ID)
	require.NoError(t, err)
	return detail
}

func TestM9_ACallThatMayGoOnIsNotTakenAsMissed(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := reconcilesCallRail(t, s, clock)
		clock.Advance(time.Hour)
		long, missed := w.call("CAL1", 0), w.call("CAL2", 0)
		long.GoesOn = true
		missed.Answered, missed.Seconds = false, 0
		w.Put(long, missed)
		clock.Advance(3 * time.Hour)
		require.Zero(t, w.round(t))
		long.GoesOn, long.Seconds = false, int((3 * time.Hour).Seconds())
		w.Put(long)
		clock.Advance(30 * time.Minute)
		require.Equal(t, 1, w.round(t))
		require.Equal(t, conversion.OutcomeAnswered, w.conversions(t)["CAL1"].Outcome)
		clock.Advance(time.Hour)
		require.Equal(t, 1, w.round(t), "no call lasts longer than max_call_minutes")
		require.Equal(t, conversion.OutcomeMissed, w.conversions(t)["CAL2"].Outcome)
	})
}

func TestM9_CallsBeforeTheBeginningAreNotTaken(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := reconcilesCallRail(t, s, clock)
		w.Put(w.call("CAL1", time.Hour))
		clock.Advance(time.Hour)
		require.Zero(t, w.round(t))
		w.set(t, func(m *websites.Source) { m.Enabled = false })
		part, err := w.part(t)
		require.NoError(t, err)
		require.True(t, part.Off)
		require.Equal(t, reconciliations.Off, w.state(t).State)
		require.Nil(t, w.state(t).NextAt, "nobody starts it again")
		clock.Advance(time.Hour)
		w.Put(w.call("CAL2", 50*time.Minute))
		w.set(t, func(m *websites.Source) { m.Enabled = true })
		require.Zero(t, w.round(t), "nor while it was off")

		w.set(t, func(m *websites.Source) {
			m.Options["api_since"] = w.clock.Now().Add(-90 * time.Minute).Format(time.RFC3339)
		})
		require.Equal(t, 1, w.round(t), "unless the owner wants them")
		require.Contains(t, w.conversions(t), "CAL2")
		for _, remove := range []func() error{
			func() error { return s.DeleteSource(t.Context(), modeltest.ActorOf(w.site), w.site.ID, w.source) },
			func() error { return s.DeleteSite(t.Context(), modeltest.ActorOf(w.site), w.site.ID) },
		} {
			require.NoError(t, remove())
			part, err = w.part(t)
			require.NoError(t, err)
			require.True(t, part.Off)
		}
	})
}

// TestM9_CallsBetweenTwoSetUpsAreNotTaken deletes a source and sets it up again before its
// workflow goes on.
func TestM9_CallsBetweenTwoSetUpsAreNotTaken(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := reconcilesCallRail(t, s, clock)
		before, err := s.Source(t.Context(), w.site.AccountID, w.site.ID, w.source)
		require.NoError(t, err)
		clock.Advance(time.Hour)
		require.NoError(t, s.DeleteSource(t.Context(), modeltest.ActorOf(w.site), w.site.ID, w.source))
		clock.Advance(time.Minute)
		w.Put(w.call("CAL1", 0))
		clock.Advance(time.Minute)
		w.set(t, func(m *websites.Source) {
			m.Enabled, m.Options, m.Credentials = true, before.Options, before.Credentials
		})
		require.Zero(t, w.round(t))
		w.Put(w.call("CAL2", 0))
		clock.Advance(time.Hour)
		require.Equal(t, 1, w.round(t))
		require.Contains(t, w.conversions(t), "CAL2")
	})
}

func TestM9_TheProvidersLimitsAreKept(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := reconcilesCallRail(t, s, clock)
		clock.Advance(time.Hour)
		w.LargestPage = 10
		for i := range 52 {
			w.Put(w.call(fmt.Sprintf("CAL%04d", i), 30*time.Minute))
		}
		w.set(t, func(m *websites.Source) { m.Options["api_requests_per_minute"] = "2" })
		w.Fail(calllistfake.Fault{Status: http.StatusTooManyRequests, RetryAfter: "1800", Times: 1})
		before, began := len(w.Requests()), clock.Now()
		part, err := w.part(t)
		require.NoError(t, err)
		require.Equal(t, string(reconciliations.Paused), part.State)
		require.Equal(t, 30*time.Minute, part.Wait)
		require.Equal(t, sourcestatus.Problem{Code: sourcestatus.Limited, Status: 429}, w.state(t).Problem)
		clock.Advance(part.Wait)
		require.Equal(t, 52, w.round(t))
		require.Len(t, w.Requests(), before+1+8)
		require.Equal(t, 33*time.Minute, clock.Now().Sub(began), "eight pages that overlap take three whole minutes more")
		require.True(t, w.state(t).Problem.IsZero())
	})
}

func TestM9_AnOutageOfTheProviderIsShownAndRecoveredFrom(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := reconcilesCallRail(t, s, clock)
		clock.Advance(time.Hour)
		w.Put(w.call("CAL1", time.Hour))
		w.Fail(calllistfake.Fault{Status: http.StatusServiceUnavailable, Times: 60})
		for healed := clock.Now().Add(6 * time.Hour); clock.Now().Before(healed); {
			part, err := w.part(t)
			require.NoError(t, err)
			require.Equal(t, string(reconciliations.Failing), part.State)
			clock.Advance(part.Wait)
		}
		require.Equal(t, sourcestatus.Problem{Code: sourcestatus.Unavailable, Status: 503}, w.state(t).Problem)
		require.Less(t, len(w.Requests()), 40, "an outage of hours is no load")
		w.Heal()
		require.Equal(t, 1, w.round(t))
		require.True(t, w.state(t).Problem.IsZero())
	})
}

var errListKilled = errors.New("killed")

// killedWhileStoring is a store of messages that fails after some calls, as a process
// that is killed.
type killedWhileStoring struct {
	*accept.Messages
	calls int
}

func (k *killedWhileStoring) Store(ctx context.Context, in accept.Message, reading sources.Reading) (accept.Outcome, error) {
	if k.calls--; k.calls < 0 {
		return accept.Outcome{}, errListKilled
	}
	return k.Messages.Store(ctx, in, reading)
}

// TestG2_KilledAndChangedWhilePagesAreReadEachCallIsStoredOnce kills the process in the
// middle of pages, and changes the list between them.
func TestG2_KilledAndChangedWhilePagesAreReadEachCallIsStoredOnce(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := reconcilesCallRail(t, s, clock)
		clock.Advance(time.Hour)
		const count = 60
		w.LargestPage = 25
		for i := range count {
			w.Put(w.call(fmt.Sprintf("CAL%04d", i), 40*time.Minute-time.Duration(i)*time.Second/2))
		}
		late := w.call("CAL0900", 41*time.Minute) // it moves all others to the right
		changed := w.call("CAL0007", 40*time.Minute)
		changed.Tags = []string{"changed while it is paged"}
		before := len(w.Requests())
		w.Before = func(n int) {
			if n == before+3 {
				w.Put(late, changed)
			}
		}
		for _, kill := range []int{10, 1, 20} {
			w.Messages = &killedWhileStoring{w.messages, kill}
			_, err := w.part(t)
			require.Error(t, err)
		}
		w.Messages = w.messages
		w.round(t)
		clock.Advance(10 * time.Minute)
		w.round(t)
		require.Len(t, w.conversions(t), count+1)
		require.Equal(t, int64(count+1), w.state(t).Found)
		require.Equal(t, []string{"changed while it is paged"}, tagsOf(w.detail(t, "CAL0007")))
	})
}

// TestM9_ACallThatMovesToAPageThatWasReadIsFound removes a call of the first page while
// the second one is read, so that each later call moves forward.
func TestM9_ACallThatMovesToAPageThatWasReadIsFound(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := reconcilesCallRail(t, s, clock)
		clock.Advance(8 * time.Hour)
		w.LargestPage = 5
		for i := range 12 { // more than a later round begins before the end of this one
			w.Put(w.call(fmt.Sprintf("CAL%02d", i), 8*time.Hour-time.Duration(i)*time.Minute))
		}
		before := len(w.Requests())
		w.Before = func(n int) {
			if n == before+2 {
				w.Remove("CAL00")
			}
		}
		require.Equal(t, 12, w.round(t))
		require.Len(t, w.Requests(), before+3+3)
	})
}

// TestM9_ACallThatMovesInAListThatGrowsIsFound removes a call after others were added, so
// that the list is longer at the end than at the beginning.
func TestM9_ACallThatMovesInAListThatGrowsIsFound(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := reconcilesCallRail(t, s, clock)
		clock.Advance(8 * time.Hour)
		w.LargestPage = 5
		for i := range 12 {
			w.Put(w.call(fmt.Sprintf("CAL%02d", i), 8*time.Hour-time.Duration(i)*time.Minute))
		}
		before := len(w.Requests())
		w.Before = func(n int) {
			switch n {
			case before + 2:
				w.Put(w.call("CAL12", 7*time.Hour), w.call("CAL13", 7*time.Hour))
			case before + 3:
				w.Remove("CAL00")
			}
		}
		require.Equal(t, 14, w.round(t))
	})
}

func tagsOf(d models.Detail) (labels []string) {
	for _, tag := range d.Tags {
		labels = append(labels, tag.Label)
	}
	slices.Sort(labels)
	return labels
}

func TestARunThatWasOvertakenReconcilesNothing(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := reconcilesCallRail(t, s, clock)
		beginning := reconciliations.Beginning{SiteID: w.site.ID, Source: w.source, Account: "a", Alive: time.Minute}
		old, err := s.BeginReconciliation(t.Context(), beginning)
		require.NoError(t, err)
		_, err = s.BeginReconciliation(t.Context(), beginning)
		require.NoError(t, err)
		_, err = s.CountListRequest(t.Context(), &old, 5)
		require.ErrorIs(t, err, reconciliations.ErrOvertaken)
		require.ErrorIs(t, s.StoreListedPage(t.Context(), &old, reconciliations.Page{}), reconciliations.ErrOvertaken)
		require.ErrorIs(t, s.EndReconciliation(t.Context(), &old, reconciliations.Outcome{State: reconciliations.Done}), reconciliations.ErrOvertaken)
	})
}

// noRoom is a store of messages that has no room for one that cannot be read.
type noRoom struct{ *accept.Messages }

func (noRoom) Keep(context.Context, accept.Message, unread.Defect) error { return received.ErrFull }

// TestM9_WithoutRoomForUnreadMessagesOtherCallsAreFound lists a call that cannot be read
// while the unread messages of the source are at their bound.
func TestM9_WithoutRoomForUnreadMessagesOtherCallsAreFound(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := reconcilesCallRail(t, s, clock)
		clock.Advance(time.Hour)
		w.Messages = noRoom{w.messages}
		w.Put(w.call("a call\nwithout an id", 40*time.Minute), w.call("CAL1", 30*time.Minute))
		require.Equal(t, 1, w.round(t))
		require.Contains(t, w.conversions(t), "CAL1")
	})
}
