package activities_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/visits"
	"ringback/workflows"
)

// onPage is the number on the pages of the sample site; the visitor is shown another.
const onPage = "+12025550190"

// visited is a site with a pool of one number and a visitor of an ad, who is shown it.
type visited struct {
	world
	store *models.Store
	site  websites.Site
	shown string
}

const browser = "sample-visitor-0001"

func visitOnStore(t *testing.T, s *models.Store, clock *clockwork.FakeClock) visited {
	t.Helper()
	v := visited{world: newWorld(models.Case{}), store: s, site: modeltest.Site(t, s)}
	v.Conversions.Store, v.Conversions.Clock = s, clock
	modeltest.Integration(t, s, v.site, func(i *integrations.Integration) { i.Type = "place" })
	pool := tracking.Pool{SiteID: v.site.ID, Name: "Sample pool", Enabled: true, Replaces: []string{onPage}, HoldMinutes: 30}
	require.NoError(t, s.CreatePool(t.Context(), modeltest.ActorOf(v.site), &pool))
	number := tracking.Number{SiteID: v.site.ID, Number: "+12025550141", PoolID: pool.ID, Enabled: true}
	require.NoError(t, s.CreateNumber(t.Context(), modeltest.ActorOf(v.site), &number))

	plan, err := s.SitePlan(t.Context(), v.site.ScriptKey)
	require.NoError(t, err)
	seen, err := s.RecordActivity(t.Context(), plan, models.Activity{WantsNumbers: true, Activity: visitors.Activity{
		VisitorID: browser, HitID: "sample-view-00001",
		Hit: visits.Hit{At: clock.Now(), Kind: visits.Navigate, URL: "https://www.example.com/?utm_source=google&utm_medium=cpc"},
	}})
	require.NoError(t, err)
	require.Len(t, seen.Numbers, 1)
	v.shown = seen.Numbers[0].Number
	return v
}

// call reports a call to the number that the visitor is shown; the phone company knows no more.
func (v visited) call(t *testing.T, externalID string, events ...conversion.CallEvent) string {
	t.Helper()
	var id string
	for _, e := range events {
		e.VisitorIDs, e.Traffic, e.CallerName = nil, nil, ""
		if e.Type == conversion.EventStarted {
			e.TrackingNumber = v.shown
		}
		accepted, err := v.store.AcceptCallEvent(t.Context(), modeltest.CallEvent(v.site, externalID, e))
		require.NoError(t, err)
		id = accepted.ConversionID
	}
	return id
}

// sent returns the event that was decided to be sent, nil when there is none.
func (v visited) sent(t *testing.T, conversionID string) *deliveries.Delivery {
	t.Helper()
	detail, err := v.store.ConversionDetail(t.Context(), v.site.AccountID, conversionID)
	require.NoError(t, err)
	if len(detail.Deliveries) == 0 {
		return nil
	}
	return &detail.Deliveries[0]
}

func TestR3_CallToTheShownNumberCarriesTheCookieOnBothDatabases(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		v := visitOnStore(t, s, clock)
		clock.Advance(time.Minute)
		start, end := started(), endedAfter(45)
		start.At, end.At = clock.Now(), clock.Now().Add(time.Minute)

		id := v.call(t, "call-1", start)
		p, err := runLocal(t, v.Plan, workflows.PlanInput{ConversionID: id})
		require.NoError(t, err)
		require.Empty(t, p.Early, "no cookie has been seen yet")
		require.NoError(t, s.StoreVisitorIDs(t.Context(), v.site.ID, browser, map[string]string{"place": "v-late"}, clock.Now()))
		v.call(t, "call-1", end)
		_, err = runLocal(t, v.Decide, workflows.DecideInput{ConversionID: id, Moment: conversion.AtEnd})
		require.NoError(t, err)

		event := v.sent(t, id).Event
		require.Equal(t, "v-late", event.VisitorIDs["place"])
		require.Equal(t, "cpc", event.Visit.Traffic.Medium)
		require.Equal(t, event.SessionID, event.Visit.SessionID)
		require.Contains(t, event.PageURL, "https://www.example.com/")
	})
}

func TestG5_CookieSeenAfterTheDecisionSendsNothingOnBothDatabases(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		v := visitOnStore(t, s, clock)
		clock.Advance(time.Minute)
		start, end := started(), endedAfter(45)
		start.At, end.At = clock.Now(), clock.Now().Add(time.Minute)
		id := v.call(t, "call-1", start, end)
		decide := func() {
			decided, err := runLocal(t, v.Decide, workflows.DecideInput{ConversionID: id, Moment: conversion.AtEnd})
			require.NoError(t, err)
			require.Equal(t, conversion.ReasonNoVisitorID, decided.Skipped[0].Reason)
		}
		decide()
		require.NoError(t, s.StoreVisitorIDs(t.Context(), v.site.ID, browser, map[string]string{"place": "v-late"}, clock.Now()))
		decide()
		require.Nil(t, v.sent(t, id))
	})
}

func TestR8_CallerKnownByPhoneHasTheVisitsOfTheirBrowser(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		v := visitOnStore(t, s, clock)
		start, end := started(), endedAfter(45)
		start.At, end.At = clock.Now(), clock.Now().Add(time.Minute)
		v.call(t, "call-1", start, end) // ties the browser and the phone

		clock.Advance(48 * time.Hour)
		v.shown = onPage // two days later they call the number on a letter
		start.At, end.At = clock.Now(), clock.Now().Add(time.Minute)
		id := v.call(t, "call-2", start, end)
		_, err := runLocal(t, v.Decide, workflows.DecideInput{ConversionID: id, Moment: conversion.AtEnd})
		require.NoError(t, err)
		detail, err := s.ConversionDetail(t.Context(), v.site.AccountID, id)
		require.NoError(t, err)
		require.NotNil(t, detail.Decisions[0].Detail.Visit)
		require.Equal(t, "cpc", detail.Decisions[0].Detail.Visit.Traffic.Medium)
	})
}

// later reports a call to the number on the pages, two days later, and decides it.
func (v visited) later(t *testing.T, clock *clockwork.FakeClock, externalID string) models.Detail {
	t.Helper()
	clock.Advance(48 * time.Hour)
	v.shown = onPage
	start, end := started(), endedAfter(45)
	start.At, end.At = clock.Now(), clock.Now().Add(time.Minute)
	id := v.call(t, externalID, start)
	p, err := runLocal(t, v.Plan, workflows.PlanInput{ConversionID: id})
	require.NoError(t, err)
	require.Empty(t, p.Early, "the phone system may still tell of the visit")
	require.Empty(t, p.Skipped)
	v.call(t, externalID, end)
	_, err = runLocal(t, v.Decide, workflows.DecideInput{ConversionID: id, Moment: conversion.AtEnd})
	require.NoError(t, err)
	detail, err := v.store.ConversionDetail(t.Context(), v.site.AccountID, id)
	require.NoError(t, err)
	return detail
}

// TestR3_CallerKnownByAnEarlierCallHasTheirVisitorID holds that a person who once
// called a number that shows the visit need not call it again. A number in a form is
// only a claim, which adds no visitor id.
func TestR3_CallerKnownByAnEarlierCallHasTheirVisitorID(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		v := visitOnStore(t, s, clock)
		ids := map[string]string{"place": "v-1"}
		require.NoError(t, s.StoreVisitorIDs(t.Context(), v.site.ID, browser, ids, clock.Now()))
		plan, err := s.SitePlan(t.Context(), v.site.ScriptKey)
		require.NoError(t, err)
		form := modeltest.Lead(v.site, "form-1")
		form.Lead = conversion.Lead{At: clock.Now(), Phone: started().Caller}
		form.Plan, form.Activity = &plan, &models.Activity{Activity: visitors.Activity{VisitorID: browser, HitID: "sample-form-00001", Hit: visits.Hit{At: clock.Now()}}}
		_, err = s.AcceptLead(t.Context(), form)
		require.NoError(t, err)
		claimed := v.later(t, clock, "call-1").Decisions[0].Detail
		require.Equal(t, conversion.ReasonNoVisitorID, claimed.Reason)
		require.Equal(t, "cpc", claimed.Visit.Traffic.Medium)
		require.Equal(t, conversion.EvidenceForm, claimed.Visit.Evidence)
		require.Empty(t, claimed.VisitorIDEvidence)

		seen, err := s.RecordActivity(t.Context(), plan, models.Activity{WantsNumbers: true, Activity: visitors.Activity{
			VisitorID: browser, HitID: "sample-view-00002", Hit: visits.Hit{At: clock.Now(), Kind: visits.Navigate, URL: "https://www.example.com/"},
		}})
		require.NoError(t, err)
		v.shown = seen.Numbers[0].Number
		start := started()
		start.At = clock.Now().Add(time.Second)
		v.call(t, "call-of-the-visit", start)

		known := v.later(t, clock, "call-2")
		event := known.Deliveries[0].Event
		require.Equal(t, ids, event.VisitorIDs)
		require.Equal(t, []string{"place"}, event.PersonIDs)
		require.Equal(t, map[string]conversion.Evidence{"place": conversion.EvidenceCall}, known.Decisions[0].Detail.VisitorIDEvidence)
		require.Equal(t, "cpc", event.Visit.Traffic.Medium)
		require.Equal(t, conversion.EvidenceCall, event.Visit.Evidence)
		require.Empty(t, event.SessionID, "it is no visit of this call")
	})
}
