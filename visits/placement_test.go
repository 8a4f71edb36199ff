package visits_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/visits"
)

// browser places hits as they are reported, in whatever order.
type browser struct {
	rules    visits.Rules
	sessions []visits.Session
	first    map[string]visits.Hit // by session
}

func (b *browser) reports(h visits.Hit) {
	slices.SortFunc(b.sessions, func(x, y visits.Session) int { return x.StartedAt.Compare(y.StartedAt) })
	p := b.place(h)
	if p.New() {
		id := fmt.Sprint("ses_", len(b.sessions))
		b.sessions = append(b.sessions, visits.Session{ID: id, StartedAt: h.At, LastActivityAt: h.At, Traffic: p.Start.Traffic})
		b.first[id] = h
		return
	}
	s := &b.sessions[slices.IndexFunc(b.sessions, func(s visits.Session) bool { return s.ID == p.SessionID })]
	if p.MovesStart {
		s.Traffic, b.first[s.ID] = p.Start.Traffic, h
		if h.At.Before(s.StartedAt) {
			s.StartedAt = h.At
		}
	}
	if h.At.After(s.LastActivityAt) {
		s.LastActivityAt = h.At
	}
}

func (b *browser) place(h visits.Hit) visits.Placement {
	if len(b.sessions) == 0 {
		return visits.Place(nil, h, b.rules)
	}
	newest := b.sessions[len(b.sessions)-1]
	if !newest.StartedAt.After(h.At) {
		p := visits.Place(&newest, h, b.rules)
		if p.MayBeStartOf(&newest, h) {
			p = p.AsStartOf(newest, b.first[newest.ID], b.rules)
		}
		return p
	}
	var before *visits.Session
	for i, s := range b.sessions {
		if s.StartedAt.After(h.At) {
			return visits.PlaceLate(before, s, h, b.rules)
		}
		before = &b.sessions[i]
	}
	panic("not reached")
}

// starts returns when the sessions of these hits begin, and their sources.
func starts(hits ...visits.Hit) []string {
	b := browser{rules: rules, first: map[string]visits.Hit{}}
	for _, h := range hits {
		b.reports(h)
	}
	var all []string
	for _, s := range b.sessions {
		all = append(all, s.StartedAt.Format("15:04:05")+" "+s.Traffic.Source)
	}
	slices.Sort(all)
	return all
}

func hit(at, url, referrer string) visits.Hit {
	return visits.Hit{At: clock(at), Kind: visits.Navigate, URL: url, Referrer: referrer}
}

func TestR7_SessionOfALateHit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hits []visits.Hit // as they are reported
		want []string
	}{
		"moments before, from within":        {[]visits.Hit{hit("12:00:05", page, page), hit("12:00:00", page, "")}, []string{"12:00:05 "}},
		"an arrival moments before":          {[]visits.Hit{hit("12:00:05", page, page), hit("12:00:00", adPage, "")}, []string{"12:00:00 google"}},
		"an arrival moments after":           {[]visits.Hit{hit("12:00:00", page, page), hit("12:00:05", adPage, "")}, []string{"12:00:00 google"}},
		"moments after one that nobody sent": {[]visits.Hit{hit("12:00:00", page, ""), hit("12:00:05", adPage, "")}, []string{"12:00:00 ", "12:00:05 google"}},
		"minutes before":                     {[]visits.Hit{hit("12:10", page, page), hit("12:00", page, "")}, []string{"12:00:00 "}},
		"an arrival long before":             {[]visits.Hit{hit("12:31", page, ""), hit("12:00", adPage, "")}, []string{"12:00:00 google", "12:31:00 "}},
		"an arrival before an arrival":       {[]visits.Hit{hit("12:10", adPage, ""), hit("12:00", page, search)}, []string{"12:00:00 google", "12:10:00 google"}},
		"between two sessions": {
			[]visits.Hit{hit("12:00", page, ""), hit("14:00", page, ""), hit("13:00", page, "")},
			[]string{"12:00:00 ", "13:00:00 ", "14:00:00 "},
		},
		"within the one before": {
			[]visits.Hit{hit("12:00", page, ""), hit("12:20", page, ""), hit("14:00", page, ""), hit("12:10", adPage, "")},
			[]string{"12:00:00 ", "14:00:00 "},
		},
		"it goes on with the one before": {
			[]visits.Hit{hit("12:00", adPage, ""), hit("14:00", page, ""), hit("12:20", page, page)},
			[]string{"12:00:00 google", "14:00:00 "},
		},
	} {
		require.Equal(t, c.want, starts(c.hits...), name)
	}
}

// Two hits of a visitor make the same sessions in whichever order they are
// reported, if their times differ by more than the slack.
func TestR7_SessionsDoNotDependOnTheOrderOfReports(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		urls := rapid.Permutation([]string{page, page + "about", adPage, adPage2, page + "?utm_source=newsletter"}).Draw(t, "pages")
		draw := func(at time.Time, url string) visits.Hit {
			return visits.Hit{
				At: at, URL: url, Kind: rapid.SampledFrom([]visits.Kind{visits.Navigate, visits.InPage}).Draw(t, "kind"),
				Referrer: rapid.SampledFrom([]string{"", page, search, partner}).Draw(t, "referrer"),
			}
		}
		first := draw(clock("12:00"), urls[0])
		second := draw(first.At.Add(time.Duration(rapid.IntRange(16, 7200).Draw(t, "seconds"))*time.Second), urls[1])
		require.Equal(t, starts(first, second), starts(second, first))
	})
}

// In order, a placement is what Next decides.
func TestR7_PlaceInOrderFollowsNext(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		newest := visits.Session{ID: "ses_1", StartedAt: clock("12:00"), LastActivityAt: clock("12:00")}
		h := someHit(t, clock("12:00"))
		step, p := visits.Next(&newest, h, rules), visits.Place(&newest, h, rules)
		require.Equal(t, step.New, p.New())
		if step.New {
			require.Equal(t, step, p.Start)
		} else {
			require.Equal(t, visits.Placement{SessionID: "ses_1"}, p)
		}
	})
}
