package activities_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/conversion"
	"ringback/decision"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/judged"
	"ringback/models/modeltest"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/visits"
	"ringback/workflows"
)

// previewed is a site on which calls and leads happen, with the integrations that decide
// on them.
type previewed struct {
	world
	store        *models.Store
	clock        *clockwork.FakeClock
	site         websites.Site
	integrations []integrations.Integration
	calls        map[string]string // ids by external id
	sessions     []string
	reported     int
}

// step does one of the things that happen on a site: a visit, an event of a call, which may
// come late, a lead, or a decision.
func (p *previewed) step(r *rapid.T, t *testing.T) {
	p.clock.Advance(time.Duration(rapid.IntRange(1, 90).Draw(r, "seconds")) * time.Second)
	p.reported++
	switch rapid.IntRange(0, 6).Draw(r, "what") {
	case 0:
		p.visit(r, t)
	case 1:
		in := modeltest.Lead(p.site, fmt.Sprint("lead-", p.reported))
		in.Lead.At, in.Lead.VisitorIDs = p.clock.Now(), someIDs(r)
		accepted, err := p.store.AcceptLead(t.Context(), in)
		require.NoError(t, err)
		p.calls[in.ExternalID] = accepted.ConversionID
	case 2:
		for _, id := range p.calls {
			_, err := p.Decide(t.Context(), workflows.DecideInput{ConversionID: id, Moment: conversion.AtEnd})
			require.NoError(t, err)
			break
		}
	default:
		p.event(r, t)
	}
}

func someIDs(r *rapid.T) map[string]string {
	return rapid.SampledFrom([]map[string]string{nil, {"place": "v-1"}, {"place": "v-2"}}).Draw(r, "visitor ids")
}

func (p *previewed) visit(r *rapid.T, t *testing.T) {
	plan, err := p.store.SitePlan(t.Context(), p.site.ScriptKey)
	require.NoError(t, err)
	seen, err := p.store.RecordActivity(t.Context(), plan, models.Activity{Activity: visitors.Activity{
		VisitorID: rapid.SampledFrom([]string{"sample-visitor-0001", "sample-visitor-0002"}).Draw(r, "browser"), HitID: fmt.Sprintf("sample-view-%05d", p.reported),
		VisitorIDs: someIDs(r),
		Hit: visits.Hit{
			At: p.clock.Now().Add(-time.Duration(rapid.IntRange(0, 100).Draw(r, "late")) * time.Minute), Kind: visits.Navigate,
			URL: "https://www.example.com/" + rapid.SampledFrom([]string{"", "?utm_source=google&utm_medium=cpc", "?utm_medium=email"}).Draw(r, "query"),
		},
	}})
	require.NoError(t, err)
	p.sessions = append(p.sessions, seen.SessionID)
}

// event reports an event of one of a few calls, and plans the call as its workflow does.
func (p *previewed) event(r *rapid.T, t *testing.T) {
	external := fmt.Sprint("call-", rapid.IntRange(1, 5).Draw(r, "call"))
	e := conversion.CallEvent{
		ID:   fmt.Sprint("event-", p.reported),
		Type: rapid.SampledFrom([]conversion.EventType{conversion.EventStarted, conversion.EventTagged, conversion.EventLinked, conversion.EventEnded}).Draw(r, "type"),
		At:   p.clock.Now().Add(-time.Duration(rapid.IntRange(0, 300).Draw(r, "before")) * time.Second), VisitorIDs: someIDs(r),
		Caller: rapid.SampledFrom([]string{"", modeltest.Caller, "+12025550124"}).Draw(r, "caller"),
		Tags:   rapid.SampledFrom([][]string{nil, {"sales"}, {"spam", "sales"}}).Draw(r, "tags"),
	}
	if len(p.sessions) > 0 && rapid.Bool().Draw(r, "with a session") {
		e.SessionID = rapid.SampledFrom(p.sessions).Draw(r, "session")
	}
	if e.Type == conversion.EventEnded {
		e.Outcome = rapid.SampledFrom([]conversion.Outcome{conversion.OutcomeAnswered, conversion.OutcomeMissed}).Draw(r, "outcome")
		e.TalkSeconds = new(rapid.IntRange(0, 60).Draw(r, "talk"))
	}
	accepted, err := p.store.AcceptCallEvent(t.Context(), modeltest.CallEvent(p.site, external, e))
	require.NoError(t, err)
	p.calls[external] = accepted.ConversionID
	_, err = p.Plan(t.Context(), workflows.PlanInput{ConversionID: accepted.ConversionID})
	require.NoError(t, err)
}

// someIntegration creates an integration with any rules.
func (p *previewed) someIntegration(r *rapid.T, t *testing.T) {
	rulesOf := func(kind conversion.Kind) *conversion.Rules {
		rules := &conversion.Rules{Metrics: rapid.SliceOfNDistinct(rapid.SampledFrom(conversion.MetricsOf(kind)), 1, 2, rapid.ID[conversion.Metric]).Draw(r, "metrics")}
		rules.Tags.Any = rapid.SampledFrom([][]string{nil, nil, {"sales"}}).Draw(r, "any tag")
		rules.Tags.None = rapid.SampledFrom([][]string{nil, nil, {"spam"}}).Draw(r, "no tag")
		if rapid.Bool().Draw(r, "traffic") {
			rules.Traffic = &conversion.Condition{Field: "medium", Operator: conversion.OpEquals, Values: []string{"cpc"}}
		}
		return rules
	}
	p.integrations = append(p.integrations, modeltest.Integration(t, p.store, p.site, func(i *integrations.Integration) {
		i.Type, i.Settings.Options = rapid.SampledFrom([]string{"place", "place", "gone"}).Draw(r, "type"), nil
		i.Settings.AttributionModel = rapid.SampledFrom(conversion.AttributionModels()).Draw(r, "model")
		i.Settings.Calls, i.Settings.Leads = rulesOf(conversion.KindCall), rulesOf(conversion.KindLead)
	}))
}

// TestR9_APreviewSaysWhatWasDecided holds that a preview of a past period returns exactly
// the decisions that were made then by the same settings, whatever has been reported since.
func TestR9_APreviewSaysWhatWasDecided(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		early := 0
		histories := rapid.Custom(func(r *rapid.T) int { return somePreviews(r, t, s, clock) })
		for seed := range 15 { // each is a dozen decisions on a database
			early += histories.Example(seed)
		}
		require.NotZero(t, early, "some were decided before the end of a call")
	})
}

// somePreviews lets things happen on a site of its own, and compares what was decided with
// what previews return after more has happened.
func somePreviews(r *rapid.T, t *testing.T, s *models.Store, clock *clockwork.FakeClock) (early int) {
	p := &previewed{world: newWorld(models.Case{}), store: s, clock: clock, site: modeltest.Site(t, s), calls: map[string]string{}}
	p.Conversions.Store, p.Conversions.Clock = s, clock
	began := clock.Now().Add(-time.Hour)
	for range rapid.IntRange(1, 3).Draw(r, "integrations") {
		p.someIntegration(r, t)
	}
	for range rapid.IntRange(5, 25).Draw(r, "steps") {
		p.step(r, t)
	}
	for _, id := range p.calls {
		_, err := p.Decide(t.Context(), workflows.DecideInput{ConversionID: id, Moment: conversion.AtEnd})
		require.NoError(t, err)
	}
	for range 5 { // what is reported later changes nothing of what was known
		p.step(r, t)
	}
	return p.requireTheSame(t, began)
}

// requireTheSame compares all decisions with those of previews, and returns how many of
// them were made before the end of a call.
func (p *previewed) requireTheSame(t *testing.T, from time.Time) (early int) {
	asked := judged.Decided{AccountID: p.site.AccountID, SiteID: p.site.ID, From: from, To: p.clock.Now().Add(time.Hour)}
	all, err := p.store.DecidedAfter(t.Context(), asked, judged.Place{}, 100)
	require.NoError(t, err)
	n, err := p.store.CountDecided(t.Context(), asked)
	require.NoError(t, err)
	require.Len(t, all, n)
	for _, c := range all {
		stored, err := p.store.Case(t.Context(), c.ID)
		require.NoError(t, err)
		require.Len(t, stored.Decisions, len(p.integrations))
		for _, made := range stored.Decisions {
			if made.Moment == conversion.AtStart {
				early++
			}
			for _, i := range p.integrations {
				if i.ID == made.IntegrationID {
					require.JSONEq(t, asJSON(t, made.Detail), asJSON(t, p.Decider.Preview(stored.Site, c.Facts, i)), "%s", c.ID)
				}
			}
		}
	}
	return early
}

func asJSON(t *testing.T, value any) string {
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

// TestPreviewsGoByWhatIsStoredIfNothingWasKept ends what was kept of a call and previews it
// by its events: the late one still does not count.
func TestPreviewsGoByWhatIsStoredIfNothingWasKept(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w, report := caseOfCaller(t, s, clock, conversion.MetricTarget)
		id := report("call", startedAt(clock.Now()))
		report("call", answeredUntil(clock.Now().Add(time.Minute)))
		decidedAs(t, w, id)
		late := answeredUntil(clock.Now().Add(2 * time.Minute))
		late.Type, late.Tags = conversion.EventTagged, []string{"late"}
		report("call", late)

		clock.Advance(judged.KeptFor + time.Second)
		require.NoError(t, s.PruneJudged(t.Context()))
		c, err := s.Case(t.Context(), id)
		require.NoError(t, err)
		asked := judged.Decided{AccountID: c.Site.AccountID, SiteID: c.Site.ID, From: modeltest.Start, To: clock.Now()}
		all, err := s.DecidedAfter(t.Context(), asked, judged.Place{}, 10)
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Empty(t, all[0].Facts)
		facts, err := decision.LoadFacts(t.Context(), s, id)
		require.NoError(t, err)
		again := w.Decider.Preview(c.Site, []judged.Facts{facts}, c.Integrations[0])
		require.JSONEq(t, asJSON(t, c.Decisions[0].Detail), asJSON(t, again))
	})
}
