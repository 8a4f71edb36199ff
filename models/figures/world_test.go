package figures_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/ids"
	"ringback/models"
	"ringback/models/figures"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/websites"
	"ringback/reports"
)

// zones are of every kind: whole hours, half and quarter hours, and clocks that change.
var zones = []string{"UTC", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "America/Sao_Paulo", "Europe/Berlin"}

// world is a site with calls and leads, and what each of them was made of.
type world struct {
	store *models.Store
	clock *clockwork.FakeClock
	site  websites.Site
	to    integrations.Integration
	rand  *rand.Rand
	made  []made
}

// made is one call or lead as it was reported.
type made struct {
	id      string
	subject reports.Subject
	at      time.Time
	visit   conversion.Traffic
	form    string
	tags    []string
}

func newWorld(t *testing.T, s *models.Store, clock *clockwork.FakeClock, seed uint64) *world {
	t.Helper()
	w := &world{store: s, clock: clock, rand: rand.New(rand.NewPCG(seed, 8))}
	w.site = modeltest.Site(t, s)
	w.rezone(t, pick(w.rand, zones...))
	w.build(t)
	w.to = modeltest.Integration(t, s, w.site)
	return w
}

func (w *world) rezone(t *testing.T, zone string) {
	t.Helper()
	site, err := w.store.UpdateSite(t.Context(), modeltest.ActorOf(w.site), w.site.ID, func(s *websites.Site) error { s.TimeZone = zone; return nil })
	require.NoError(t, err)
	w.site = site
}

func (w *world) zone() *time.Location { return reports.Zone(w.site.TimeZone) }

// listed returns the calls and leads that a filter selects.
func (w *world) listed(t *testing.T, f *figures.Filter) []models.Conversion {
	t.Helper()
	found, _, err := w.store.Conversions(t.Context(), models.ConversionFilter{AccountID: w.site.AccountID, SiteID: w.site.ID, Figure: f}, models.Page{Limit: 500})
	require.NoError(t, err)
	return found
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// traffic returns a visit from one of few campaigns, or none.
func (w *world) traffic() *conversion.Traffic {
	if w.rand.IntN(4) == 0 {
		return nil
	}
	return &conversion.Traffic{
		Source: pick(w.rand, "google", "bing", "newsletter"), Medium: pick(w.rand, "cpc", "email"),
		Campaign: pick(w.rand, "spring", "весна 100%", "a_b", ""), Term: pick(w.rand, "", "roof repair"),
		LandingPage: pick(w.rand, "https://www.example.com/?gclid=1", "https://www.example.com/prices#top"), Device: pick(w.rand, "mobile", "desktop"),
	}
}

// day reports some calls and leads of one day, the earlier ones of them late.
func (w *world) day(t *testing.T) {
	t.Helper()
	for range w.rand.IntN(6) {
		at := w.clock.Now().Add(-time.Duration(w.rand.IntN(26*3600)) * time.Second)
		if w.rand.IntN(3) == 0 {
			w.lead(t, at)
		} else {
			w.call(t, at)
		}
	}
}

func (w *world) lead(t *testing.T, at time.Time) {
	t.Helper()
	lead := modeltest.Lead(w.site, ids.New("external"))
	lead.Lead = conversion.Lead{At: at, Email: "visitor@example.com", Form: pick(w.rand, "contact", "callback"), Traffic: w.traffic(), Tags: w.tags()}
	accepted, err := w.store.AcceptLead(t.Context(), lead)
	require.NoError(t, err)
	m := made{id: accepted.ConversionID, at: at, form: lead.Lead.Form, tags: lead.Lead.Tags, subject: reports.Subject{Kind: conversion.KindLead}}
	if lead.Lead.Traffic != nil {
		m.visit = *lead.Lead.Traffic
	}
	w.decide(t, &m, w.rand.IntN(2) == 0)
	w.made = append(w.made, m)
}

func (w *world) tags() []string {
	if w.rand.IntN(2) == 0 {
		return nil
	}
	return []string{"sales"}
}

func (w *world) call(t *testing.T, at time.Time) {
	t.Helper()
	external := ids.New("external")
	start := conversion.CallEvent{ID: "start", Type: conversion.EventStarted, At: at, Caller: modeltest.Caller, Traffic: w.traffic(), Tags: w.tags(), TagOrigin: conversion.TagByAPI}
	m := made{at: at, tags: start.Tags, subject: reports.Subject{Kind: conversion.KindCall}}
	if w.rand.IntN(5) == 0 {
		start.Caller, start.Anonymous, m.subject.Anonymous = "", true, true
	}
	if w.rand.IntN(3) == 0 {
		start.SessionID, m.subject.VisitKnown = "their-session", true
	}
	if start.Traffic != nil {
		m.visit = *start.Traffic
	}
	accepted, err := w.store.AcceptCallEvent(t.Context(), modeltest.CallEvent(w.site, external, start))
	require.NoError(t, err)
	m.id = accepted.ConversionID
	if w.rand.IntN(4) > 0 {
		end := conversion.CallEvent{ID: "end", Type: conversion.EventEnded, At: at.Add(time.Minute), Outcome: pick(w.rand, conversion.Outcomes()...)}
		if w.rand.IntN(2) == 0 {
			end.WaitSeconds = new(w.rand.IntN(60))
		}
		m.subject.Ended, m.subject.Wait = true, end.WaitSeconds
		if m.subject.Answered = end.Outcome == conversion.OutcomeAnswered; m.subject.Answered {
			end.TalkSeconds = new(w.rand.IntN(200))
		} else {
			end.TalkSeconds = new(0)
		}
		m.subject.Talk = end.TalkSeconds
		_, err = w.store.AcceptCallEvent(t.Context(), modeltest.CallEvent(w.site, external, end))
		require.NoError(t, err)
	}
	if m.subject.Ended || w.rand.IntN(2) == 0 {
		w.decide(t, &m, w.rand.IntN(2) == 0)
		m.subject.Incomplete = !m.subject.Ended
	}
	w.made = append(w.made, m)
}

// decide decides a conversion, as unique or not.
func (w *world) decide(t *testing.T, m *made, unique bool) {
	t.Helper()
	set := modeltest.Sending(m.id, w.to)
	set.Decisions[0].SiteID = w.site.ID
	if w.rand.IntN(2) == 0 {
		set.Decisions[0].Verdict, set.Decisions[0].Reason, set.Deliveries = conversion.Skip, conversion.ReasonMetric, nil
	}
	unique = unique && !m.subject.Anonymous
	m.subject.Unique, m.subject.Target, m.subject.UniqueTarget = unique, m.subject.Answered, unique && m.subject.Answered
	set.Unique, set.Target, set.UniqueTarget = &m.subject.Unique, &m.subject.Target, &m.subject.UniqueTarget
	set.Incomplete = m.subject.Kind == conversion.KindCall && !m.subject.Ended
	_, err := w.store.SaveDecisions(t.Context(), set)
	require.NoError(t, err)
}

// work counts all that is to be counted.
func (w *world) work(t *testing.T) {
	t.Helper()
	for more := true; more; {
		var err error
		more, err = w.store.Work(t.Context())
		require.NoError(t, err)
	}
}

// build builds the series that are being built.
func (w *world) build(t *testing.T) {
	t.Helper()
	all, err := w.store.BeingBuilt(t.Context())
	require.NoError(t, err)
	for _, s := range all {
		for {
			p, err := w.store.Build(t.Context(), s.ID)
			require.NoError(t, err)
			if p.Complete {
				break
			}
		}
	}
}

// expected adds up what was made in a span, by a key.
func (w *world) expected(span reports.Span, key func(made) []string) map[string]reports.Counts {
	sums := map[string]reports.Counts{}
	for _, m := range w.made {
		day := reports.DayOf(m.at, w.zone())
		if !span.Has(day) || !span.Until.IsZero() && day == span.To && !m.at.Before(span.Until) {
			continue
		}
		for _, k := range key(m) {
			sums[k] = plus(sums[k], m.subject.Count(15))
		}
	}
	return sums
}

// plus adds up counts by their printed fields, apart from how the store does it.
func plus(a, b reports.Counts) reports.Counts {
	a.Calls, a.Running, a.Ended, a.Answered = a.Calls+b.Calls, a.Running+b.Running, a.Ended+b.Ended, a.Answered+b.Answered
	a.Missed, a.Abandoned, a.NeverEnded, a.Anonymous = a.Missed+b.Missed, a.Abandoned+b.Abandoned, a.NeverEnded+b.NeverEnded, a.Anonymous+b.Anonymous
	a.Uniques, a.Targets, a.UniqueTargets = a.Uniques+b.Uniques, a.Targets+b.Targets, a.UniqueTargets+b.UniqueTargets
	a.WaitsKnown, a.WaitSeconds = a.WaitsKnown+b.WaitsKnown, a.WaitSeconds+b.WaitSeconds
	a.TalksKnown, a.TalkSeconds = a.TalksKnown+b.TalksKnown, a.TalkSeconds+b.TalkSeconds
	a.Leads, a.UniqueLeads = a.Leads+b.Leads, a.UniqueLeads+b.UniqueLeads
	a.KnownVisits, a.KnownVisitors, a.Ambiguous = a.KnownVisits+b.KnownVisits, a.KnownVisitors+b.KnownVisitors, a.Ambiguous+b.Ambiguous
	x, y := &a.Waits, b.Waits
	x.Wait0, x.Wait5, x.Wait10, x.Wait15 = x.Wait0+y.Wait0, x.Wait5+y.Wait5, x.Wait10+y.Wait10, x.Wait15+y.Wait15
	x.Wait20, x.Wait30, x.Wait60, x.Wait120 = x.Wait20+y.Wait20, x.Wait30+y.Wait30, x.Wait60+y.Wait60, x.Wait120+y.Wait120
	return a
}

func describe(q any) string { return fmt.Sprintf("%+v", q) }
