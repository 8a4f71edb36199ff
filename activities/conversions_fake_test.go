package activities_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"ringback/activities"
	"ringback/conversion"
	"ringback/destinations"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/models"
)

// noon is the time of every test.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// caseStore holds one conversion.
type caseStore struct {
	it         models.Case
	earlier    conversion.Earlier
	visits     []conversion.Visit
	deliveries []models.Delivery
	saved      []models.DecisionSet
	finished   []string
	beforeSave func() // what happens between reading and storing
	err        error  // of every call
}

func (s *caseStore) Case(context.Context, string) (models.Case, error) { return s.it, s.err }

func (s *caseStore) Earlier(context.Context, models.Conversion) (conversion.Earlier, error) {
	return s.earlier, s.err
}

func (s *caseStore) Visits(context.Context, models.Conversion) ([]conversion.Visit, error) {
	return s.visits, s.err
}

// SaveDecisions keeps what is there already, as the contract says.
func (s *caseStore) SaveDecisions(_ context.Context, d models.DecisionSet) (models.StandingDecisions, error) {
	if s.err != nil {
		return models.StandingDecisions{}, s.err
	}
	if s.beforeSave != nil {
		s.beforeSave()
	}
	if d.JudgedSeq != 0 && s.it.LastSeq() > d.JudgedSeq {
		return models.StandingDecisions{}, fault.New(fault.Conflict, "newer events")
	}
	s.saved = append(s.saved, d)
	for _, decision := range d.Decisions {
		if !slices.ContainsFunc(s.it.Decisions, func(old models.Decision) bool { return old.IntegrationID == decision.IntegrationID }) {
			s.it.Decisions = append(s.it.Decisions, decision)
			for _, delivery := range d.Deliveries {
				if delivery.DecisionID == decision.ID {
					s.deliveries = append(s.deliveries, delivery)
				}
			}
		}
	}
	if d.Final && s.it.Conversion.DecidedAt == nil {
		at := noon
		s.it.Conversion.DecidedAt, s.it.Conversion.Incomplete = &at, d.Incomplete
	}
	return models.StandingDecisions{Decisions: slices.Clone(s.it.Decisions), Deliveries: slices.Clone(s.deliveries)}, nil
}

func (s *caseStore) DeliveryForSend(context.Context, string) (models.Delivery, models.Integration, models.Breaker, error) {
	if s.err != nil {
		return models.Delivery{}, models.Integration{}, models.Breaker{}, s.err
	}
	return s.deliveries[0], s.it.Integrations[0], models.Breaker{}, nil
}

func (s *caseStore) GiveUpDelivery(_ context.Context, _, reason string) (models.Delivery, error) {
	if s.err != nil {
		return models.Delivery{}, s.err
	}
	if d := &s.deliveries[0]; !d.State.Final() {
		d.State, d.Reason = models.DeliveryFailed, reason
	}
	return s.deliveries[0], nil
}

func (s *caseStore) FinishConversion(_ context.Context, id string) error {
	s.finished = append(s.finished, id)
	return s.err
}

// place is a destination that needs a visitor id and breaks on demand.
type place struct {
	sendFn func(context.Context, delivery.Doer, delivery.Payload) delivery.Result
}

func (place) Describe() destinations.Description { return destinations.Description{Type: "place"} }

func (place) Validate(s settings.Values) []fault.Field {
	if s.Options["wrong"] != "" {
		return []fault.Field{{Path: "options.wrong", Expected: "to be left out"}}
	}
	if len(s.Credentials) == 0 {
		return []fault.Field{{Path: "credentials", Expected: "to be set"}}
	}
	return nil
}

func (place) Needs(e delivery.Payload, s settings.Values) []conversion.Check {
	if s.Options["panics"] != "" {
		panic("a bug in one destination")
	}
	return []conversion.Check{{
		Name: "visitor_id", Wanted: "a visitor id", Seen: e.VisitorIDs["place"],
		Passed: e.VisitorIDs["place"] != "", Reason: conversion.ReasonNoVisitorID,
	}}
}

func (p place) Send(ctx context.Context, doer delivery.Doer, e delivery.Payload, _ settings.Values) delivery.Result {
	return p.sendFn(ctx, doer, e)
}

// decisionCounter counts decisions by verdict and reason, and deliveries by their end.
type decisionCounter map[string]int

func (c decisionCounter) Decided(kind, verdict, reason string) { c[kind+" "+verdict+" "+reason]++ }

// Finished counts by destination type and state.
func (c decisionCounter) Finished(destinationType, state string) { c[destinationType+" "+state]++ }

// integration makes one of type place, switched on, that sends calls by these metrics.
func integration(id string, metrics ...conversion.Metric) models.Integration {
	return models.Integration{
		ID: id, SiteID: "site_1", Type: "place", Name: "Place", Enabled: true, Version: 3,
		Settings: models.IntegrationSettings{
			AttributionModel: conversion.LastNonDirect,
			Calls:            &conversion.Rules{Metrics: metrics},
			Leads:            &conversion.Rules{Metrics: []conversion.Metric{conversion.MetricAll}},
		},
		Credentials: map[string]string{"key": "not-a-real-secret"},
	}
}

// callCase is a call with these events and integrations.
func callCase(events []conversion.Event, integrations ...models.Integration) models.Case {
	c := models.Case{
		Conversion: models.Conversion{
			ID: "cnv_1", SiteID: "site_1", Kind: conversion.KindCall, Source: "api", ExternalID: "x-1",
			WorkflowID: "call/site_1/api/x-1", Person: "+12025550123", At: noon, CreatedAt: noon.Add(time.Second),
		},
		Site:         models.Site{ID: "site_1", Name: "Sample", TargetCallSeconds: 30, MaxCallMinutes: 240, LookbackDays: 90},
		Integrations: integrations,
	}
	for i, e := range events {
		c.Events = append(c.Events, models.EventRow{Seq: int64(i + 1), EventID: e.ID, Type: string(e.Type), Call: &e, ReceivedAt: e.At.Add(time.Second)})
	}
	return c
}

// started is the first event of the sample call; the visitor is known.
func started() conversion.Event {
	return conversion.Event{
		ID: "e1", Type: conversion.EventStarted, At: noon, Caller: "+12025550123", CallerName: "Sample Caller",
		TrackingNumber: "+12025550199", VisitorIDs: map[string]string{"place": "v-1"},
		Traffic: &conversion.Traffic{Source: "example", Medium: "cpc", PageURL: "https://shop.example.com/", Referrer: "https://search.example.com/"},
	}
}

// endedAfter ends the sample call, answered, after so many seconds of talk.
func endedAfter(talk int) conversion.Event {
	return conversion.Event{
		ID: "e2", Type: conversion.EventEnded, At: noon.Add(time.Minute), Outcome: conversion.OutcomeAnswered,
		TalkSeconds: &talk, Tags: []string{"sales"}, TagOrigin: conversion.TagByHand,
	}
}

// world is the conversion activities with their surroundings.
type world struct {
	*activities.Conversions
	store *caseStore
	clock *clockwork.FakeClock
	count decisionCounter
	log   *bytes.Buffer
}

func newWorld(c models.Case) world {
	w := world{store: &caseStore{it: c}, clock: clockwork.NewFakeClockAt(noon.Add(2 * time.Minute)), count: decisionCounter{}, log: &bytes.Buffer{}}
	w.Conversions = &activities.Conversions{
		Store:        w.store,
		Destinations: destinations.NewRegistry(place{}),
		SettleOf: func(source string) time.Duration {
			return map[string]time.Duration{"callrail": 20 * time.Minute}[source]
		},
		Clock:   w.clock,
		Logger:  slog.New(slog.NewTextHandler(w.log, nil)),
		Metrics: w.count,
	}
	return w
}

// runLocal runs a local activity as a worker would, so that what it returns
// has been through the encoding that Temporal stores.
func runLocal[In, Out any](t *testing.T, fn func(context.Context, In) (Out, error), in In) (Out, error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	var out Out
	value, err := env.ExecuteLocalActivity(fn, in)
	if err != nil {
		return out, err
	}
	require.NoError(t, value.Get(&out))
	return out, nil
}

// away is the error of a database that is away; its text quotes personal data.
var away = &fault.Error{
	Code: fault.Unavailable, Message: "the database is away", RetryAfter: 5 * time.Second,
	Err: errText("row of +12025550123 not read"),
}

type errText string

func (e errText) Error() string { return string(e) }
