package activities_test

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/websites"
	"ringback/test/statements"
	"ringback/workflows"
)

// The most statements from acceptance to the end, without those that begin and end
// transactions. BenchmarkStatements of test/bench counts those of a whole service.
const (
	mostForALead = 14
	mostForACall = 34
)

// road is what a lead or a call passes from acceptance to its end, on PostgreSQL.
type road struct {
	t         *testing.T
	proxy     *statements.Proxy
	store     *models.Store
	world     world
	field     field
	site      websites.Site
	completed []string // conversions
}

func newRoad(t *testing.T) *road {
	t.Helper()
	proxy, dsn := statements.Start(t, modeltest.MigratedPostgres(t))
	clock := clockwork.NewFakeClockAt(modeltest.Start)
	r := &road{t: t, proxy: proxy, store: modeltest.Open(t, dsn, clock), world: newWorld(models.Case{}), field: newField(took)}
	r.world.Conversions.Store, r.world.Conversions.Clock = r.store, clock
	r.field.Dispatch.Store, r.field.Dispatch.Clock = r.store, clock
	r.field.Dispatch.Daily = delivery.NewDaily(r.store, clock)
	r.world.Conversions.First = r.field.Dispatch
	r.site = modeltest.Site(t, r.store)
	modeltest.Integration(t, r.store, r.site, func(i *integrations.Integration) { i.Type = "place" })
	return r
}

// lead accepts a lead and completes it.
func (r *road) lead(externalID string) {
	r.t.Helper()
	in := modeltest.Lead(r.site, externalID)
	in.Lead.VisitorIDs, in.Lead.Phone, in.Lead.Email, in.Lead.Tags = map[string]string{"place": externalID}, "", externalID+"@example.com", nil
	accepted, err := r.store.AcceptLead(r.t.Context(), in)
	require.NoError(r.t, err)
	r.signalled(accepted)
	r.complete(accepted.ConversionID)
}

// call accepts the start and the end of a call and completes it.
func (r *road) call(externalID string) {
	r.t.Helper()
	var id string
	for _, event := range []conversion.CallEvent{started(), endedAfter(45)} {
		event.Caller, event.VisitorIDs, event.Traffic = "", nil, nil
		if event.Type == conversion.EventStarted {
			event.Caller, event.VisitorIDs = "+1202555"+externalID, map[string]string{"place": externalID}
		}
		accepted, err := r.store.AcceptCallEvent(r.t.Context(), modeltest.CallEvent(r.site, externalID, event))
		require.NoError(r.t, err)
		r.signalled(accepted)
		id = accepted.ConversionID
		plan, err := runLocal(r.t, r.world.Plan, workflows.PlanInput{ConversionID: id})
		require.NoError(r.t, err)
		if plan.Closed != nil {
			r.follow(id, *plan.Closed)
		}
	}
}

// signalled removes the signal of what was accepted from the outbox, as the relay does.
func (r *road) signalled(accepted models.Accepted) {
	r.t.Helper()
	require.NotNil(r.t, accepted.Signal)
	require.NoError(r.t, r.store.SignalsDone(r.t.Context(), []int64{accepted.Signal.Seq}))
}

// complete decides, and follows the decisions.
func (r *road) complete(id string) {
	r.t.Helper()
	decided, err := runLocal(r.t, r.world.Decide, workflows.DecideInput{ConversionID: id, Moment: conversion.AtEnd})
	require.NoError(r.t, err)
	r.follow(id, decided)
}

// follow dispatches and finishes, as the workflow does.
func (r *road) follow(id string, decided workflows.Decided) {
	r.t.Helper()
	for _, d := range decided.Deliveries {
		ended, err := r.field.dispatch(r.t, d.DeliveryID)
		require.NoError(r.t, err)
		require.Equal(r.t, "delivered", ended.State)
	}
	if !decided.Done {
		require.NoError(r.t, r.world.Finish(r.t.Context(), workflows.FinishInput{ConversionID: id}))
	}
	r.completed = append(r.completed, id)
}

// sent returns how many statements something sends, and how many more begin and end
// transactions. When a connection is opened or checked is a matter of time.
func (r *road) sent(do func()) (count, transactional int) {
	r.t.Helper()
	r.proxy.Take()
	do()
	for _, s := range r.proxy.Take() {
		if s.OfConnection() {
			continue
		}
		if s.Transactional() {
			transactional++
			continue
		}
		count++
		r.t.Log(s.SQL)
	}
	return count, transactional
}

func TestD1_FewStatementsFromAcceptanceToTheEnd(t *testing.T) {
	t.Parallel()
	r := newRoad(t)
	r.lead("first") // it also reserves sends of the day
	r.call("0101")
	for name, test := range map[string]struct {
		do   func()
		most int
	}{
		"lead": {func() { r.lead("second") }, mostForALead},
		"call": {func() { r.call("0102") }, mostForACall},
	} {
		count, transactional := r.sent(test.do)
		t.Logf("%s: %d statements, and %d that begin and end transactions", name, count, transactional)
		require.LessOrEqual(t, count, test.most)
		require.NotZero(t, count)
	}
	require.Len(t, r.field.answers.sent, 4)
	for _, id := range r.completed {
		detail, err := r.store.ConversionDetail(t.Context(), r.site.AccountID, id)
		require.NoError(t, err)
		require.Equal(t, models.StateDone, detail.Conversion.State)
		require.Equal(t, deliveries.Delivered, detail.Deliveries[0].State)
		require.Len(t, detail.Attempts, 1)
	}
}
