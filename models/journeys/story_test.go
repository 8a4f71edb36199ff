package journeys_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/crm"
	"ringback/models/journeys"
	"ringback/models/modeltest"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/touchpoints"
	"ringback/visitorid"
	"ringback/visits"
)

// The browsers of two people, as Marketo Measure's script names them.
const (
	annsBrowser = "08c1063cb0a64349ad0d2d862f5cc700"
	bensBrowser = "18c1063cb0a64349ad0d2d862f5cc701"
)

// story is a site on which two people click an ad at 12:17, and call.
type story struct {
	*models.Store
	site websites.Site
	at   func(hour, minute int) time.Time
}

func newStory(t *testing.T, s *models.Store) story {
	t.Helper()
	day := modeltest.Start.Truncate(24 * time.Hour)
	return story{s, modeltest.Site(t, s), func(hour, minute int) time.Time {
		return day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	}}
}

func (s story) views(t *testing.T, visitor, browser string, at time.Time, url string) string {
	t.Helper()
	seen, err := s.RecordActivity(t.Context(), websites.Plan{Site: s.site}, models.Activity{Activity: visitors.Activity{
		VisitorID: visitor, HitID: "hit-" + visitor + at.Format("021504"), Hit: visits.Hit{At: at, Kind: visits.Navigate, URL: url},
		VisitorIDs: map[string]string{visitorid.MarketoMeasure: browser}, Storage: "cookie", Script: "0a1b2c3d",
	}})
	require.NoError(t, err)
	return seen.SessionID
}

func (s story) calls(t *testing.T, id, caller, browser string, at time.Time) string {
	t.Helper()
	accepted, err := s.AcceptCallEvent(t.Context(), modeltest.CallEvent(s.site, id, conversion.CallEvent{
		ID: "start", Type: conversion.EventStarted, At: at, Caller: caller,
		VisitorIDs: map[string]string{visitorid.MarketoMeasure: browser},
	}))
	require.NoError(t, err)
	return accepted.ConversionID
}

func (s story) person(t *testing.T, externalID, phone string, added time.Time) crm.Person {
	t.Helper()
	p := crm.Person{SiteID: s.site.ID, ExternalID: externalID, Phone: phone, AddedAt: &added}
	require.NoError(t, s.PutCRMPerson(t.Context(), s.site.AccountID, &p))
	return p
}

// compute computes all that has changed.
func (s story) compute(t *testing.T) {
	t.Helper()
	for more := true; more; {
		var err error
		more, err = s.WorkJourneys(t.Context())
		require.NoError(t, err)
	}
}

func (s story) outcome(t *testing.T, call string) journeys.Call {
	t.Helper()
	found, err := s.CallOutcome(t.Context(), s.site.AccountID, s.site.ID, call)
	require.NoError(t, err)
	return found
}

const adPage = "https://www.example.com/?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=Cj0-example-1"

func TestM4_CallAfterAnAdClickIsMergedAndALaterOneIsNot(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, store *models.Store, clock *clockwork.FakeClock) {
		s := newStory(t, store)
		clock.Advance(s.at(36, 0).Sub(clock.Now()))
		merged := s.calls(t, "call-1", modeltest.Caller, annsBrowser, s.at(12, 25)) // before the visit is reported
		s.compute(t)
		require.Equal(t, touchpoints.NoSession, s.outcome(t, merged).Outcome)

		session := s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(12, 17), adPage)
		s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(12, 20), "https://www.example.com/prices")
		s.views(t, "visitor-ben-0000000001", bensBrowser, s.at(12, 17), adPage)
		missed := s.calls(t, "call-2", "+12025550124", bensBrowser, s.at(13, 5))
		ann := s.person(t, "00Q1", modeltest.Caller, s.at(12, 26))
		ben := s.person(t, "00Q2", "+12025550124", s.at(13, 6))
		s.compute(t)

		call := s.outcome(t, merged)
		require.Equal(t, touchpoints.Merged, call.Outcome)
		require.Equal(t, session, call.Merging.SessionID)
		require.EqualValues(t, 5*60, call.Merging.ApartSeconds)
		require.Equal(t, ann.ID, call.PersonID)
		touches, _, err := s.PersonJourney(t.Context(), s.site.AccountID, s.site.ID, ann.ID, models.Page{})
		require.NoError(t, err)
		require.Len(t, touches, 1)
		require.Equal(t, "Call", touches[0].Type)
		require.Equal(t, "Paid Search", touches[0].Channel)
		require.Equal(t, merged, touches[0].ConversionID)
		require.Equal(t, "FT, LC, Form", touches[0].Position)

		call = s.outcome(t, missed)
		require.Equal(t, touchpoints.TooLate, call.Outcome)
		require.EqualValues(t, 18*60, call.Merging.MissedSeconds)
		touches, _, err = s.PersonJourney(t.Context(), s.site.AccountID, s.site.ID, ben.ID, models.Page{})
		require.NoError(t, err)
		require.Len(t, touches, 2, "the visit, and the call of its own (M5)")
		require.Nil(t, touches[1].Detail.Traffic)
		require.Equal(t, missed, touches[1].ConversionID)

		clock.Advance(time.Minute)
		s.views(t, "visitor-nobody-00000001", "", s.at(14, 0), adPage)
		s.person(t, "00Q1", modeltest.Caller, s.at(12, 26))
		s.compute(t)
		again, _, err := s.PersonJourney(t.Context(), s.site.AccountID, s.site.ID, ben.ID, models.Page{})
		require.NoError(t, err)
		require.Equal(t, touches, again, "what stays the same is not written")
	})
}

func TestM8_CreditOfAWonOpportunityByEachModel(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, store *models.Store, clock *clockwork.FakeClock) {
		s := newStory(t, store)
		clock.Advance(s.at(100, 0).Sub(clock.Now()))
		s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(12, 17), adPage)
		call := s.calls(t, "call-1", modeltest.Caller, annsBrowser, s.at(12, 25))
		s.person(t, "00Q1", modeltest.Caller, s.at(12, 26))
		later := s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(34, 0), "https://www.example.com/contact")
		form := modeltest.Lead(s.site, "lead-1")
		form.Lead = conversion.Lead{At: s.at(34, 2), Phone: modeltest.Caller, Form: "contact", SessionID: later}
		lead, err := s.AcceptLead(t.Context(), form)
		require.NoError(t, err)
		closed := s.at(80, 0)
		deal := crm.Opportunity{
			SiteID: s.site.ID, ExternalID: "0061", OpenedAt: s.at(35, 0), ClosedAt: &closed, Won: true, Amount: 100_001, Currency: "USD",
			People: []touchpoints.Role{{Person: "00Q1", Primary: true}},
		}
		require.NoError(t, s.PutOpportunity(t.Context(), s.site.AccountID, &deal))
		s.compute(t)

		j, err := s.OpportunityJourney(t.Context(), s.site.AccountID, s.site.ID, deal.ID, models.Page{})
		require.NoError(t, err)
		require.Len(t, j.Steps, 2)
		first, second := j.Touchpoints[j.Steps[0].TouchpointID], j.Touchpoints[j.Steps[1].TouchpointID]
		require.Equal(t, call, first.ConversionID)
		require.Equal(t, "FT, LC, Form", first.Position)
		require.Equal(t, lead.ConversionID, second.ConversionID)
		require.Equal(t, "PostLC, Form", second.Position)
		shares, amounts := map[string][2]int{}, map[string]int64{}
		for _, c := range j.Credits {
			both := shares[c.Model]
			both[map[bool]int{true: 0, false: 1}[c.TouchpointID == first.ID]] = c.Share
			shares[c.Model] = both
			amounts[c.Model] += c.Amount
		}
		for model, amount := range amounts {
			require.EqualValues(t, 100_001, amount, model)
			require.Equal(t, 10_000, shares[model][0]+shares[model][1], model)
		}
		require.Equal(t, map[string][2]int{
			"first_touch": {10_000, 0}, "lead_creation": {10_000, 0}, "u_shaped": {8_000, 2_000}, "w_shaped": {6_667, 3_333}, "full_path": {5_000, 5_000},
		}, shares)

		require.NoError(t, s.DeleteOpportunity(t.Context(), s.site.AccountID, s.site.ID, deal.ID))
		s.compute(t)
		_, err = s.OpportunityJourney(t.Context(), s.site.AccountID, s.site.ID, deal.ID, models.Page{})
		require.Error(t, err, "of what is deleted nothing stays")
	})
}
