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
	"ringback/decision"
	"ringback/decision/decisiontest"
	"ringback/destinations"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/integrations"
)

// The sample call of every test.
var (
	noon        = decisiontest.Noon
	integration = decisiontest.Integration
	callCase    = decisiontest.Call
	started     = decisiontest.Started
	endedAfter  = decisiontest.Ended
)

// caseStore holds one conversion.
type caseStore struct {
	it         models.Case
	earlier    conversion.Earlier
	visits     []conversion.Visit
	deliveries []deliveries.Delivery
	saved      []models.DecisionSet
	finished   []string
	breaker    integrations.Breaker
	beforeSave func() // what happens between reading and storing
	err        error  // of every call
}

func (s *caseStore) Case(context.Context, string) (models.Case, error) {
	c := s.it
	c.Deliveries = slices.Clone(s.deliveries)
	return c, s.err
}

func (s *caseStore) Earlier(context.Context, models.Case) (conversion.Earlier, error) {
	return s.earlier, s.err
}

func (s *caseStore) Visits(context.Context, models.Case) ([]conversion.Visit, error) {
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

func (s *caseStore) DeliveryForSend(context.Context, string) (deliveries.Delivery, integrations.Integration, integrations.Breaker, error) {
	if s.err != nil {
		return deliveries.Delivery{}, integrations.Integration{}, integrations.Breaker{}, s.err
	}
	return s.deliveries[0], s.it.Integrations[0], integrations.Breaker{}, nil
}

func (s *caseStore) GiveUpDelivery(_ context.Context, _ string, reason delivery.Reason) (deliveries.Delivery, error) {
	if s.err != nil {
		return deliveries.Delivery{}, s.err
	}
	if d := &s.deliveries[0]; !d.State.Final() {
		d.State, d.Reason = deliveries.Failed, reason
	}
	return s.deliveries[0], nil
}

func (s *caseStore) UpdateBreaker(_ context.Context, _ string, change func(*integrations.Breaker)) (integrations.Breaker, error) {
	change(&s.breaker)
	return s.breaker, s.err
}

func (s *caseStore) SwitchOffIntegration(context.Context, string, delivery.Reason) error {
	s.it.Integrations[0].Enabled = false
	return s.err
}

func (s *caseStore) FinishConversion(_ context.Context, id string) error {
	s.finished = append(s.finished, id)
	return s.err
}

// place is a destination that needs a visitor id, and sends as the test says.
type place struct {
	decisiontest.Place
	sendFn func(context.Context, delivery.Doer, delivery.Payload) delivery.Result
}

// placeHost is the host that a place sends to.
const placeHost = "place.example"

func (p place) Describe() destinations.Description {
	described := p.Place.Describe()
	described.Options = append(described.Options, settings.Field{Name: "address", Address: true, Default: "https://" + placeHost})
	return described
}

func (p place) Send(ctx context.Context, doer delivery.Doer, e delivery.Payload, _ settings.Values) delivery.Result {
	return p.sendFn(ctx, doer, e)
}

// decisionCounter counts decisions by verdict and reason, and deliveries by their end.
type decisionCounter map[string]int

func (c decisionCounter) Decided(kind, verdict, reason string) { c[kind+" "+verdict+" "+reason]++ }

// Finished counts by destination type and state.
func (c decisionCounter) Finished(destinationType, state string) { c[destinationType+" "+state]++ }

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
		Store:   w.store,
		Decider: decision.Decider{Destinations: destinations.NewRegistry(place{}), SettleOf: decisiontest.SettleOf},
		Clock:   w.clock,
		Logger:  slog.New(slog.NewTextHandler(w.log, nil)),
		Metrics: w.count,
	}
	return w
}

// localActivity is how long a local activity may take in tests, which is as long as the test
// environment lets others take. By default, it ends local ones after three seconds.
const localActivity = 10 * time.Minute

// runLocal runs a local activity as a worker would, so that what it returns
// has been through the encoding that Temporal stores.
func runLocal[In, Out any](t *testing.T, fn func(context.Context, In) (Out, error), in In) (Out, error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.SetTestTimeout(localActivity)
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
	Code: fault.Unavailable, Reason: fault.Because("database_away"), RetryAfter: 5 * time.Second,
	Err: errText("row of +12025550123 not read"),
}

type errText string

func (e errText) Error() string { return string(e) }
