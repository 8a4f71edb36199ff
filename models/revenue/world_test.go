package revenue_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/ids"
	"ringback/models"
	"ringback/models/crm"
	"ringback/models/modeltest"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/reports"
	"ringback/touchpoints"
	"ringback/touchpoints/attribution"
	"ringback/touchpoints/credit"
	"ringback/visitorid"
	"ringback/visits"
)

// zones are of every kind: whole hours, half and quarter hours, and clocks that change.
var zones = []string{"UTC", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "Europe/Berlin"}

// people are how many people a world has, each with a browser and a number.
const people = 8

// world is a site with visits, calls, leads and opportunities of some people.
type world struct {
	store *models.Store
	clock *clockwork.FakeClock
	db    *sql.DB // the store's, without the store
	site  websites.Site
	rand  *rand.Rand
}

func newWorld(t *testing.T, dsn string, clock *clockwork.FakeClock, seed uint64) *world {
	t.Helper()
	w := &world{store: modeltest.Open(t, dsn, clock), clock: clock, db: modeltest.SQL(t, dsn), rand: rand.New(rand.NewPCG(seed, 24))}
	w.site = modeltest.Site(t, w.store)
	w.rezone(t)
	return w
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func (w *world) rezone(t *testing.T) {
	t.Helper()
	zone := pick(w.rand, zones...)
	site, err := w.store.UpdateSite(t.Context(), modeltest.ActorOf(w.site), w.site.ID, func(s *websites.Site) error { s.TimeZone = zone; return nil })
	require.NoError(t, err)
	w.site = site
}

// remodel changes the owner's model, or the rules that leave touchpoints out.
func (w *world) remodel(t *testing.T) {
	t.Helper()
	err := w.store.ChangeRules(t.Context(), modeltest.ActorOf(w.site), w.site.ID, func(r *attribution.Rules) error {
		first := 1_000 * (1 + w.rand.IntN(9))
		custom, err := credit.Custom(credit.Model{FT: first, LC: credit.Whole - first})
		r.Custom, r.Mapping = &custom, pick(w.rand, touchpoints.ByAccount, touchpoints.ByRoles)
		return err
	})
	require.NoError(t, err)
}

// someone returns the visitor, the browser, the number and the CRM's id of one person.
func (w *world) someone() (visitor, browser, phone, externalID string) {
	n := w.rand.IntN(people)
	return fmt.Sprintf("visitor-revenue-%08d", n), fmt.Sprintf("%032x", 0xabc0+n), fmt.Sprintf("+120255501%02d", n), fmt.Sprintf("00Q%d", n)
}

// happen makes some things happen within the last two days.
func (w *world) happen(t *testing.T) {
	t.Helper()
	for range 1 + w.rand.IntN(4) {
		at := w.clock.Now().Add(-time.Duration(w.rand.IntN(40*3600)) * time.Second)
		pick(w.rand, w.visit, w.visit, w.call, w.person, w.deal, w.deal, w.erase)(t, at)
	}
}

func (w *world) visit(t *testing.T, at time.Time) {
	visitor, browser, phone, _ := w.someone()
	page := "https://www.example.com/?utm_source=" + pick(w.rand, "google", "bing") + "&utm_medium=cpc&utm_campaign=" +
		pick(w.rand, "spring", "%D0%92%D0%B5%D1%81%D0%BD%D0%B0+100%25", "a_b", strings.Repeat("long", 90))
	seen, err := w.store.RecordActivity(t.Context(), websites.Plan{Site: w.site}, models.Activity{Activity: visitors.Activity{
		VisitorID: visitor, HitID: ids.New("hit"), Hit: visits.Hit{At: at, Kind: visits.Navigate, URL: page},
		VisitorIDs: map[string]string{visitorid.MarketoMeasure: browser}, Storage: "cookie", Script: "0a1b2c3d",
	}})
	require.NoError(t, err)
	if w.rand.IntN(2) == 0 {
		return
	}
	lead := modeltest.Lead(w.site, ids.New("external"))
	lead.Lead = conversion.Lead{At: at.Add(time.Minute), Phone: phone, Form: "contact", SessionID: seen.SessionID}
	_, err = w.store.AcceptLead(t.Context(), lead)
	require.NoError(t, err)
}

func (w *world) call(t *testing.T, at time.Time) {
	_, browser, phone, _ := w.someone()
	_, err := w.store.AcceptCallEvent(t.Context(), modeltest.CallEvent(w.site, ids.New("external"), conversion.CallEvent{
		ID: "start", Type: conversion.EventStarted, At: at, Caller: phone, VisitorIDs: map[string]string{visitorid.MarketoMeasure: browser},
	}))
	require.NoError(t, err)
}

// person reports a person, sometimes as the one whom another has become.
func (w *world) person(t *testing.T, at time.Time) {
	_, _, phone, externalID := w.someone()
	p := crm.Person{SiteID: w.site.ID, ExternalID: externalID, Phone: phone, Account: pick(w.rand, "", "001A"), AddedAt: &at}
	switch w.rand.IntN(6) {
	case 0:
		p.AddedAt = nil
	case 1:
		contact := crm.Person{SiteID: w.site.ID, ExternalID: externalID + "C", Account: "001A", AddedAt: new(at.Add(time.Hour))}
		require.NoError(t, w.store.PutCRMPerson(t.Context(), w.site.AccountID, &contact))
		p.SameAs = contact.ExternalID
	}
	require.NoError(t, w.store.PutCRMPerson(t.Context(), w.site.AccountID, &p))
}

// deal reports an opportunity, which may be one that was reported before.
func (w *world) deal(t *testing.T, at time.Time) {
	_, _, _, externalID := w.someone()
	o := crm.Opportunity{
		SiteID: w.site.ID, ExternalID: fmt.Sprintf("006%d", w.rand.IntN(12)), OpenedAt: at, Account: pick(w.rand, "", "", "001A"),
		Amount: int64(w.rand.IntN(100_000)), Currency: pick(w.rand, "USD", "EUR", "JPY"), People: []touchpoints.Role{{Person: externalID, Primary: true}},
	}
	if w.rand.IntN(3) > 0 {
		o.ClosedAt, o.Won = new(at.Add(time.Duration(w.rand.IntN(30))*time.Hour)), w.rand.IntN(3) > 0
	}
	require.NoError(t, w.store.PutOpportunity(t.Context(), w.site.AccountID, &o))
}

// erase deletes an opportunity, a person or a visitor.
func (w *world) erase(t *testing.T, _ time.Time) {
	visitor, _, _, externalID := w.someone()
	page := models.Page{Limit: 50}
	switch w.rand.IntN(8) {
	case 0:
		require.NoError(t, w.store.ForgetVisitor(t.Context(), w.site.ID, visitor))
	case 1:
		deals, _, err := w.store.Opportunities(t.Context(), w.site.AccountID, w.site.ID, page)
		require.NoError(t, err)
		if len(deals) > 0 {
			require.NoError(t, w.store.DeleteOpportunity(t.Context(), w.site.AccountID, w.site.ID, pick(w.rand, deals...).ID))
		}
	case 2:
		found, _, err := w.store.CRMPeople(t.Context(), w.site.AccountID, w.site.ID, page)
		require.NoError(t, err)
		if i := slices.IndexFunc(found, func(p crm.Person) bool { return p.ExternalID == externalID }); i >= 0 {
			require.NoError(t, w.store.DeleteCRMPerson(t.Context(), w.site.AccountID, w.site.ID, found[i].ID))
		}
	}
}

// work computes and adds up all that has changed.
func (w *world) work(t *testing.T) {
	t.Helper()
	for n, more := 0, true; more; n++ {
		require.Less(t, n, 500, "it does not come to an end")
		computed, err := w.store.WorkJourneys(t.Context())
		require.NoError(t, err)
		summed, err := w.store.WorkRevenue(t.Context())
		require.NoError(t, err)
		built, err := w.store.Rebuild(t.Context(), w.site.ID)
		require.NoError(t, err)
		more = computed || summed || built.More
	}
}

func (w *world) zone() *time.Location { return reports.Zone(w.site.TimeZone) }
