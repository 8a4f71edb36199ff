package models_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/tracking"
	"ringback/models/websites"
	"ringback/visits"
)

// rings is the start of a call to a number; changes adapt it.
func rings(number string, at time.Time, changes ...func(*conversion.CallEvent)) conversion.CallEvent {
	e := started(at)
	e.TrackingNumber = number
	for _, change := range changes {
		change(&e)
	}
	return e
}

// added returns the event of this id that Ringback added to a call, nil if there is none.
func added(t *testing.T, d models.Detail, eventID string) *conversion.CallEvent {
	t.Helper()
	var found *conversion.CallEvent
	for _, e := range d.Events {
		if e.EventID == eventID {
			require.Nil(t, found, "one event, however often it is resolved")
			require.False(t, e.Late)
			found = e.Call
		}
	}
	return found
}

// numberEvent returns the event that Ringback added to a call for its number, nil if there is none.
func numberEvent(t *testing.T, d models.Detail) *conversion.CallEvent {
	t.Helper()
	return added(t, d, conversion.NumberEventID)
}

// call stores a call with these events and reads it back.
func (sh shop) call(t *testing.T, externalID string, events ...conversion.CallEvent) models.Detail {
	t.Helper()
	return detail(t, sh.s, sh.site, accept(t, sh.s, sh.site, externalID, events...).ConversionID)
}

// own adds a fixed number to the shop.
func (sh shop) own(t *testing.T, n tracking.Number) tracking.Number {
	t.Helper()
	n.SiteID, n.Enabled = sh.site.ID, true
	require.NoError(t, sh.s.CreateNumber(t.Context(), modeltest.ActorOf(sh.site), &n))
	return n
}

func minute(n int) time.Time { return modeltest.Start.Add(time.Duration(n) * time.Minute) }

func TestM10_CallFindsTheSessionThatHeldTheNumberWhenItRang(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 1)
		number := sh.number(t, sh.visit("visitor-1", "ses_1", minute(0)), minute(0))
		held := sh.assignments(t, tracking.AssignmentFilter{})[0]

		d := sh.call(t, "x", rings(number, minute(10)))
		require.Equal(t, "ses_1", d.Conversion.SessionID)
		event := numberEvent(t, d)
		require.Equal(t, conversion.EventLinked, event.Type)
		require.Equal(t, minute(10), event.At)
		require.Equal(t, conversion.NumberMatch{
			NumberID: held.NumberID, PoolID: sh.pool.ID, AssignmentID: held.ID, Certainty: conversion.NumberHeld, Candidates: 1,
		}, *event.Number)
		require.Nil(t, d.Conversion.Traffic, "that of the session is read with its visits")

		d = sh.call(t, "x", ended(minute(11), 45)) // known facts stay
		require.Equal(t, "ses_1", d.Conversion.SessionID)
		require.Equal(t, event, numberEvent(t, d))

		d = sh.call(t, "elsewhere", rings("+12025550177", minute(10)))
		require.Nil(t, numberEvent(t, d), "the number is none of the site's")
		require.Empty(t, d.Conversion.SessionID)
	})
}

func TestM10_SuccessiveSessionsOfOneNumberAreDistinguished(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 1)
		number := sh.number(t, sh.visit("visitor-1", "ses_1", minute(0)), minute(0))
		require.Equal(t, number, sh.number(t, sh.visit("visitor-2", "ses_2", minute(120)), minute(120)))
		for externalID, c := range map[string]struct {
			at        time.Time
			session   string
			certainty conversion.NumberCertainty
		}{
			"in the first's time":   {minute(29), "ses_1", conversion.NumberHeld},
			"between them":          {minute(90), "ses_1", conversion.NumberReleased},
			"as the second's began": {minute(120), "ses_2", conversion.NumberHeld},
			"after both":            {minute(151), "ses_2", conversion.NumberReleased},
			"before both":           {minute(-6), "", ""},
			"a day after":           {minute(151 + 24*60), "", ""},
		} {
			d := sh.call(t, externalID, rings(number, c.at))
			require.Equal(t, c.session, d.Conversion.SessionID, externalID)
			require.Equal(t, c.certainty, numberEvent(t, d).Number.Certainty, externalID)
			require.False(t, numberEvent(t, d).Number.Ambiguous, externalID)
		}
	})
}

func TestM10_AmbiguityIsRecorded(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 1)
		number := sh.number(t, sh.visit("visitor-1", "ses_1", minute(0)), minute(0))
		sh.number(t, sh.visit("visitor-2", "ses_2", minute(30)), minute(30))
		d := sh.call(t, "just after", rings(number, minute(35)))
		require.Equal(t, "ses_2", d.Conversion.SessionID)
		match := numberEvent(t, d).Number
		require.True(t, match.Ambiguous)
		require.Equal(t, 2, match.Candidates)
	})
}

// A visitor is shown the number and calls at once. The phone system's clock is a minute
// slow, so the reported start is before the visitor got the number.
func TestM10_CallOfASlowClockIsNotTheLastVisitorsOfHoursAgo(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 1)
		sh.number(t, sh.visit("visitor-1", "ses_1", minute(0)), minute(0))
		clock.Advance(2 * time.Hour)
		shown := clock.Now()
		number := sh.number(t, sh.visit("visitor-2", "ses_2", shown), shown)
		clock.Advance(40 * time.Second)

		d := sh.call(t, "x", rings(number, clock.Now().Add(-time.Minute)))
		require.Equal(t, "ses_2", d.Conversion.SessionID)
		match := numberEvent(t, d).Number
		require.Equal(t, conversion.NumberTaken, match.Certainty)
		require.True(t, match.Ambiguous)
		require.Equal(t, 2, match.Candidates)

		clock.Advance(time.Hour)
		d = sh.call(t, "x", ended(clock.Now(), 45))
		require.Equal(t, match, numberEvent(t, d).Number, "the first report counts, not the last")
	})
}

// The first visitor calls and leaves, and another one is shown the number. The phone
// system's clock is an hour fast, and by that the other one has the number when it rings.
func TestM10_CallOfAFastClockIsNotTheNextVisitors(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 1, func(p *tracking.Pool) { p.HoldMinutes = 60 })
		number := sh.number(t, sh.visit("visitor-1", "ses_1", minute(0)), minute(0))
		clock.Advance(59 * time.Minute)
		sh.call(t, "x", rings(number, minute(119)))
		clock.Advance(3 * time.Minute)
		require.Equal(t, number, sh.number(t, sh.visit("visitor-2", "ses_2", clock.Now()), clock.Now()))

		d := sh.call(t, "x", ended(minute(122), 45))
		require.Equal(t, "ses_1", d.Conversion.SessionID)
		require.Equal(t, conversion.NumberHeld, numberEvent(t, d).Number.Certainty)
	})
}

func TestM10_StartThatComesAfterTheEndResolvesAnew(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 1)
		number := sh.number(t, sh.visit("visitor-1", "ses_1", minute(0)), minute(0))
		sh.number(t, sh.visit("visitor-2", "ses_2", minute(30)), minute(30))

		end := ended(minute(31), 90)
		end.TrackingNumber = number
		d := sh.call(t, "x", end)
		require.Equal(t, "ses_2", d.Conversion.SessionID, "as far as is known")
		d = sh.call(t, "x", rings(number, minute(29)))
		require.Equal(t, "ses_1", d.Conversion.SessionID)
		require.Equal(t, minute(29), numberEvent(t, d).At)
		require.Len(t, d.Events, 3)

		d = sh.call(t, "x", rings("+12025550177", minute(28), func(e *conversion.CallEvent) { e.ID = "e0" }))
		require.Nil(t, numberEvent(t, d), "what rang was another number")
		require.Empty(t, d.Conversion.SessionID)
	})
}

func TestM10_WithheldCallerIsLinkedAllTheSame(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 1)
		number := sh.number(t, sh.visit("visitor-1", "ses_1", minute(0)), minute(0))
		d := sh.call(t, "x", rings(number, minute(1), func(e *conversion.CallEvent) { e.Caller, e.Anonymous = "", true }))
		require.True(t, d.Conversion.Anonymous)
		require.Equal(t, "ses_1", d.Conversion.SessionID)
	})
}

func TestM10_SessionReportedByTheSourceWins(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 1)
		number := sh.number(t, sh.visit("visitor-1", "ses_1", minute(0)), minute(0))
		d := sh.call(t, "x", rings(number, minute(1), func(e *conversion.CallEvent) { e.SessionID = "theirs" }))
		require.Equal(t, "theirs", d.Conversion.SessionID)
		require.Equal(t, "ses_1", numberEvent(t, d).SessionID, "what the number says stays readable")
	})
}

// The visitor who had the number and the caller become one person, if that is
// certain: the next call of that phone, to whatever number, has the visit behind it.
func TestM10_CallLinksItsVisitorAndTheCaller(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		calls []conversion.CallEvent // to the number of the pool
		tied  bool
	}{
		"held as it rang":      {[]conversion.CallEvent{rings(poolNumber(0), minute(10))}, true},
		"start came last":      {[]conversion.CallEvent{ended(minute(12), 45), rings(poolNumber(0), minute(10))}, true},
		"start never came":     {[]conversion.CallEvent{ended(minute(12), 45)}, false},
		"released":             {[]conversion.CallEvent{rings(poolNumber(0), minute(31))}, false},
		"caller not known":     {[]conversion.CallEvent{rings(poolNumber(0), minute(10), func(e *conversion.CallEvent) { e.Caller = "" })}, false},
		"source knows another": {[]conversion.CallEvent{rings(poolNumber(0), minute(10), func(e *conversion.CallEvent) { e.SessionID = "theirs" })}, false},
	} {
		for i := range c.calls {
			c.calls[i].TrackingNumber = poolNumber(0)
			if c.calls[i].Type == conversion.EventEnded {
				c.calls[i].Caller = modeltest.Caller
			}
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
				sh := shopWith(t, s, 1)
				a := view("visitor-of-the-sample", "hit-1", minute(0), fromAd)
				a.WantsNumbers = true
				seen, err := s.RecordActivity(t.Context(), sh.plan(t), a)
				require.NoError(t, err)
				require.Equal(t, poolNumber(0), seen.Numbers[0].Number)
				clock.Advance(31 * time.Minute)
				sh.call(t, "x", c.calls...)

				next := sh.call(t, "next", rings("+12025550177", minute(24*60)))
				history, err := models.VisitsOf(t.Context(), s, next.Conversion)
				require.NoError(t, err)
				if !c.tied {
					require.Empty(t, history)
					return
				}
				require.Len(t, history, 1)
				require.Equal(t, seen.SessionID, history[0].SessionID)
				require.Equal(t, "google", history[0].Traffic.Source)
			})
		})
	}
}

func TestM10_AmbiguousCallLinksNobody(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 1)
		for n := range 2 {
			a := view(fmt.Sprintf("visitor-of-the-sample-%d", n), fmt.Sprintf("hit-%d", n), clock.Now(), fromAd)
			a.WantsNumbers = true
			seen, err := s.RecordActivity(t.Context(), sh.plan(t), a)
			require.NoError(t, err)
			require.Equal(t, poolNumber(0), seen.Numbers[0].Number)
			clock.Advance(30 * time.Minute)
		}
		d := sh.call(t, "x", rings(poolNumber(0), minute(31)))
		require.True(t, numberEvent(t, d).Number.Ambiguous)
		history, err := models.VisitsOf(t.Context(), s, sh.call(t, "next", rings("+12025550177", minute(99))).Conversion)
		require.NoError(t, err)
		require.Empty(t, history)
	})
}

// Hours after a call its number is another visitor's, and the caller dials it
// again from the phone's list of calls.
func TestM10_CallerKnownAsAnotherVisitorIsNotLinkedToTheNumbersHolder(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 1)
		w := web{s: s, plan: sh.plan(t)}
		first := w.isShown(t, visitor(1), clock.Now())
		number := first.Numbers[0].Number
		d := sh.call(t, "first", rings(number, clock.Now().Add(time.Minute)))
		require.False(t, numberEvent(t, d).Number.Ambiguous)
		d = sh.call(t, "first", ended(clock.Now().Add(2*time.Minute), 45))
		require.False(t, numberEvent(t, d).Number.Ambiguous, "it is who it was found to be before")

		clock.Advance(3 * time.Hour)
		second := w.isShown(t, visitor(2), clock.Now())
		require.Equal(t, number, second.Numbers[0].Number)
		d = sh.call(t, "redialled", rings(number, clock.Now().Add(time.Minute)))
		require.Equal(t, second.SessionID, d.Conversion.SessionID)
		require.True(t, numberEvent(t, d).Number.Ambiguous)
		require.Equal(t, 2, numberEvent(t, d).Number.Candidates)
		historyOf := func(session string) []string {
			return w.historyOf(t, w.by(func(c *models.Conversion) { c.SessionID, c.At = session, clock.Now().Add(time.Minute) }))
		}
		require.Equal(t, []string{second.SessionID}, historyOf(second.SessionID), "they stay two people")
		require.Equal(t, []string{first.SessionID}, historyOf(first.SessionID))

		other := func(e *conversion.CallEvent) { e.Caller = "+12025550124" }
		d = sh.call(t, "somebody else", rings(number, clock.Now().Add(time.Minute), other))
		require.False(t, numberEvent(t, d).Number.Ambiguous, "this caller is no visitor yet")

		clock.Advance(visits.RedialReach)
		w.isShown(t, visitor(3), clock.Now())
		d = sh.call(t, "months later", rings(number, clock.Now().Add(time.Minute)))
		require.False(t, numberEvent(t, d).Number.Ambiguous)
	})
}

func TestM10_CallerWithASecondBrowserIsCertain(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 1)
		w := web{s: s, plan: sh.plan(t)}
		number := w.isShown(t, visitor(1), clock.Now()).Numbers[0].Number
		sh.call(t, "first", rings(number, clock.Now().Add(time.Minute)))
		clock.Advance(3 * time.Hour)
		w.isShown(t, visitor(2), clock.Now())
		w.sends(t, view(visitor(2), "lead-1", clock.Now(), home), conversion.Lead{Phone: modeltest.Caller})
		d := sh.call(t, "again", rings(number, clock.Now().Add(time.Minute)))
		require.True(t, numberEvent(t, d).Number.Ambiguous, "anybody may have written the number")

		require.NoError(t, s.LinkIdentities(t.Context(), w.plan.Site.ID, "phone/"+modeltest.Caller, "visitor/"+visitor(2)))
		d = sh.call(t, "again and again", rings(number, clock.Now().Add(time.Minute)))
		require.False(t, numberEvent(t, d).Number.Ambiguous)
	})
}

func TestG5_LateEventsResolveNothing(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 1)
		number := sh.number(t, sh.visit("visitor-1", "ses_1", minute(0)), minute(0))
		before := sh.call(t, "x", started(minute(1)), ended(minute(2), 45))
		_, err := s.SaveDecisions(t.Context(), models.DecisionSet{ConversionID: before.Conversion.ID, Moment: conversion.AtEnd, Final: true})
		require.NoError(t, err)
		decided := detail(t, s, sh.site, before.Conversion.ID).Conversion

		after := sh.call(t, "x", rings(number, minute(0), func(e *conversion.CallEvent) { e.ID = "late" }))
		require.Equal(t, decided, after.Conversion)
		require.Nil(t, numberEvent(t, after))
	})
}

func TestG2_SameCallToANumberConcurrently(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 1)
		number := sh.number(t, sh.visit("visitor-1", "ses_1", minute(0)), minute(0))
		events := []conversion.CallEvent{rings(number, minute(1)), ended(minute(2), 45), tagged("e3", minute(2), "sales")}
		atOnce(t, together, func(i int) error {
			_, err := s.AcceptCallEvent(t.Context(), modeltest.CallEvent(sh.site, "x", events[i%len(events)]))
			return err
		})
		d := sh.call(t, "x", events[0])
		require.Len(t, d.Events, len(events)+1)
		require.Equal(t, "ses_1", numberEvent(t, d).SessionID)
		require.Equal(t, "ses_1", d.Conversion.SessionID)
	})
}

func TestM10_CallToANumberOfItsOwnHasItsTraffic(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 0)
		poster := sh.own(t, tracking.Number{Number: "+12025550193", Traffic: &conversion.Traffic{Source: "poster", Medium: "offline"}})
		d := sh.call(t, "x", rings(poster.Number, minute(1)))
		require.Equal(t, *poster.Traffic, *d.Conversion.Traffic)
		require.Equal(t, conversion.NumberMatch{NumberID: poster.ID}, *numberEvent(t, d).Number)

		d = sh.call(t, "y", rings(poster.Number, minute(1), func(e *conversion.CallEvent) {
			e.Traffic = &conversion.Traffic{Source: "google"}
		}))
		require.Equal(t, "google", d.Conversion.Traffic.Source, "what the source says wins")
		require.Equal(t, "offline", d.Conversion.Traffic.Medium, "what it does not say is filled in")
	})
}

func TestM10_TrafficOfANumberThatDidNotRingIsNoVisit(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 0)
		poster := sh.own(t, tracking.Number{Number: "+12025550193", Traffic: &conversion.Traffic{Source: "poster"}})
		end := ended(minute(5), 45)
		end.TrackingNumber, end.VisitorIDs = poster.Number, map[string]string{"crm": "c-1"}
		end.Caller = modeltest.Caller
		history := func() []string {
			w := web{s: s, plan: websites.Plan{Site: sh.site}}
			return w.historyOf(t, w.by(func(c *models.Conversion) { c.Person, c.VisitorIDs = modeltest.Caller, end.VisitorIDs }))
		}
		require.Equal(t, "poster", sh.call(t, "x", end).Conversion.Traffic.Source, "as far as is known")
		require.Len(t, history(), 1)
		d := sh.call(t, "x", rings("+12025550177", minute(1)))
		require.Nil(t, d.Conversion.Traffic)
		require.Empty(t, history())
	})
}

func TestR6_TagsByNumberCountFromTheStartOfTheCall(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		sh := shopWith(t, s, 0)
		poster := sh.own(t, tracking.Number{Number: "+12025550193", Tags: []string{"poster"}})
		end := ended(minute(5), 45)
		end.TrackingNumber = poster.Number
		for name, events := range map[string][]conversion.CallEvent{
			"in order":       {rings(poster.Number, minute(1)), ended(minute(5), 45)},
			"end first":      {end, started(minute(1))},
			"number at last": {started(minute(1)), end},
			"no start":       {end},
		} {
			for i := range events {
				events[i].TrackingNumber = poster.Number
			}
			d := sh.call(t, name, events...)
			require.Len(t, d.Tags, 1, name)
			require.Equal(t, "poster", d.Tags[0].Label)
			require.Equal(t, conversion.TagByNumber, d.Tags[0].Origin)
			require.False(t, d.Tags[0].Late, name)
		}

		d := sh.call(t, "other number", end)
		require.Len(t, d.Tags, 1)
		d = sh.call(t, "other number", rings("+12025550177", minute(1)))
		require.Empty(t, d.Tags, "it was not this number that rang")
	})
}

func TestM10_NumberThatIsDeletedMovedOrSwitchedOffKeepsItsCalls(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 3)
		actor := modeltest.ActorOf(sh.site)
		var numbers []tracking.Number
		for _, visitor := range []string{"1", "2", "3"} {
			number := sh.number(t, sh.visit("visitor-"+visitor, "ses_"+visitor, minute(0)), minute(0))
			numbers = append(numbers, sh.stored(t, number))
			sh.call(t, visitor, rings(number, minute(10)))
		}
		clock.Advance(40 * time.Minute)
		require.NoError(t, s.DeleteNumber(t.Context(), actor, sh.site.ID, numbers[0].ID))
		again := sh.own(t, tracking.Number{Number: numbers[0].Number, Tags: []string{"poster"}})
		_, err := s.UpdateNumber(t.Context(), actor, sh.site.ID, numbers[1].ID, func(n *tracking.Number) error { n.PoolID = ""; return nil })
		require.NoError(t, err)
		_, err = s.UpdateNumber(t.Context(), actor, sh.site.ID, numbers[2].ID, func(n *tracking.Number) error { n.Enabled = false; return nil })
		require.NoError(t, err)

		for i, visitor := range []string{"1", "2", "3"} {
			d := sh.call(t, visitor, ended(minute(41), 45))
			require.Equal(t, "ses_"+visitor, d.Conversion.SessionID)
			require.Equal(t, numbers[i].ID, numberEvent(t, d).Number.NumberID)
			require.Empty(t, d.Tags)
		}
		d := sh.call(t, "new", rings(again.Number, minute(41)))
		require.Equal(t, again.ID, numberEvent(t, d).Number.NumberID, "it means another thing by now")
		require.Empty(t, d.Conversion.SessionID)
		d = sh.call(t, "moved", rings(numbers[1].Number, minute(41)))
		require.Empty(t, d.Conversion.SessionID, "it is a number of its own by now")

		require.NoError(t, s.DeleteNumber(t.Context(), actor, sh.site.ID, again.ID))
		d = sh.call(t, "gone", rings(again.Number, minute(99)))
		require.Equal(t, again.ID, numberEvent(t, d).Number.NumberID, "nobody has it: it is what it was last")
	})
}

func TestM10_NumberDeletedAndAddedAgainKeepsItsAssignments(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 1)
		actor := modeltest.ActorOf(sh.site)
		number := sh.number(t, sh.visit("visitor-1", "ses_1", minute(0)), minute(0))
		clock.Advance(time.Minute)
		require.NoError(t, s.DeleteNumber(t.Context(), actor, sh.site.ID, sh.stored(t, number).ID))
		again := sh.own(t, tracking.Number{Number: number, PoolID: sh.pool.ID})
		require.Empty(t, again.HeldBy)
		require.Equal(t, minute(30), *sh.stored(t, number).HeldUntil)
		require.Equal(t, defaultNumber, sh.number(t, sh.visit("visitor-2", "ses_2", minute(29)), minute(29)), "the first still sees it")

		d := sh.call(t, "first", rings(number, minute(10)))
		require.Equal(t, "ses_1", d.Conversion.SessionID)
		require.Equal(t, conversion.NumberHeld, numberEvent(t, d).Number.Certainty)
		clock.Advance(30 * time.Minute)
		require.Equal(t, number, sh.number(t, sh.visit("visitor-2", "ses_2", minute(30)), minute(30)))
		d = sh.call(t, "second", rings(number, minute(31)))
		require.Equal(t, "ses_2", d.Conversion.SessionID)
		require.True(t, numberEvent(t, d).Number.Ambiguous)

		clock.Advance(2 * time.Hour)
		require.NoError(t, s.DeleteNumber(t.Context(), actor, sh.site.ID, again.ID))
		require.Nil(t, sh.own(t, tracking.Number{Number: number, PoolID: sh.pool.ID}).HeldUntil, "what is over is over")
	})
}

func TestCallIsNotLostToANumberThatCannotBeRead(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
		sh := shopWith(t, s, 0)
		poster := sh.own(t, tracking.Number{Number: "+12025550193"})
		_, err := modeltest.SQL(t, dsn).ExecContext(t.Context(), `UPDATE tracking_numbers SET tags = '"not a list"'`)
		require.NoError(t, err)
		d := sh.call(t, "x", rings(poster.Number, minute(1)), ended(minute(2), 45))
		require.Len(t, d.Events, 2)
		require.Equal(t, 45, *d.Conversion.TalkSeconds)
	})
}

func TestNumberMatchDoesNotCountAsAnEventOfTheSource(t *testing.T) {
	t.Parallel()
	s := modeltest.Open(t, modeltest.SQLiteDSN(t), clockwork.NewRealClock())
	_, err := models.Migrate(t.Context(), s)
	require.NoError(t, err)
	sh := shopWith(t, s, 0)
	poster := sh.own(t, tracking.Number{Number: "+12025550193"})
	id := sh.call(t, "x", rings(poster.Number, minute(1))).Conversion.ID
	_, err = s.SaveDecisions(t.Context(), models.DecisionSet{ConversionID: id, Final: true})
	require.NoError(t, err)
	for n := range models.MaxEvents - 1 {
		accept(t, s, sh.site, "x", tagged(fmt.Sprintf("late-%d", n), modeltest.Start, "late"))
	}
	_, err = s.AcceptCallEvent(t.Context(), modeltest.CallEvent(sh.site, "x", tagged("more", modeltest.Start, "more")))
	require.ErrorIs(t, err, models.ErrTooManyEvents)
}

func TestSourceCannotPassForRingback(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		_, err := s.AcceptCallEvent(t.Context(), modeltest.CallEvent(site, "x", tagged(conversion.NumberEventID, modeltest.Start, "sales")))
		requireCode(t, fault.Invalid, err)
		require.ErrorContains(t, err, "event_id")
	})
}
