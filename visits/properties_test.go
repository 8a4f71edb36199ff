package visits_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/conversion"
	"ringback/visits"
)

// someHit draws an activity some minutes after the one before.
func someHit(t *rapid.T, after time.Time) visits.Hit {
	return visits.Hit{
		At:       after.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 10, 30, 31, 200, 7 * 24 * 60, 8 * 24 * 60}).Draw(t, "minutes")) * time.Minute),
		Kind:     rapid.SampledFrom(visits.Kinds()).Draw(t, "kind"),
		URL:      rapid.SampledFrom([]string{page, adPage, adPage2, page + "?utm_source=newsletter", "", "::"}).Draw(t, "url"),
		Referrer: rapid.SampledFrom([]string{"", page, search, social, partner, signIn, "about:blank"}).Draw(t, "referrer"),
	}
}

func someSiteRules(t *rapid.T) visits.Rules {
	r := rules
	r.CarryOver = rapid.Bool().Draw(t, "carry over")
	return r
}

// TestSessions_AVisitorNeverHasTwoAtOnce checks that a session begins only after
// the last activity of the one before, or at an arrival, and that everything after
// it belongs to it alone.
func TestSessions_AVisitorNeverHasTwoAtOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := visitor{rules: someSiteRules(t)}
		at := clock("12:00")
		for i := range rapid.IntRange(1, 12).Draw(t, "activities") {
			before := append([]visits.Session{}, v.sessions...)
			h := someHit(t, at)
			at = h.At
			step := v.does(h)
			require.True(t, i > 0 || step.New, "the first activity begins the first session")
			if !step.New {
				require.Len(t, v.sessions, len(before))
				require.LessOrEqual(t, h.At.Sub(before[len(before)-1].LastActivityAt), 30*time.Minute)
				require.Equal(t, visits.Step{}, step, "what goes on tells nothing new")
				continue
			}
			require.Equal(t, before, v.sessions[:len(before)], "those before are over and stay as they were")
			for _, s := range before {
				require.False(t, s.LastActivityAt.After(h.At))
			}
			if i == 0 && h.Kind == visits.Reload {
				h.Kind = visits.Navigate // the first that is seen of a visitor may have been reloaded
			}
			_, arrived := visits.Arrive(h, v.rules)
			require.True(t, arrived || step.Traffic.Direct(), "what did not arrive is direct")
			require.NotEmpty(t, step.Traffic.Channel)
			if step.Carried {
				require.True(t, v.rules.CarryOver)
				require.NotEqual(t, conversion.ChannelDirect, step.Traffic.Channel)
				require.True(t, step.Traffic.Direct())
				require.Equal(t, before[len(before)-1].Traffic.Channel, step.Traffic.Channel)
			}
		}
	})
}

// TestSessions_TheSameHitTwiceIsOneSession covers two tabs that open at once, and a
// repeated report: the second never begins a session. Exceptions are arrivals
// without a click id, which cannot be told apart, and clicks of long ago, because
// the session that such a return begins does not have the click id.
func TestSessions_TheSameHitTwiceIsOneSession(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := visitor{rules: someSiteRules(t)}
		v.does(someHit(t, clock("11:00")))
		h := someHit(t, v.sessions[0].LastActivityAt)
		once := v.does(h)
		again := v.does(h)
		traffic, arrived := visits.Arrive(h, v.rules)
		returned := once.New && once.Traffic.Direct()
		require.Equal(t, arrived && (len(traffic.ClickIDs) == 0 || returned), again.New)
	})
}

// TestSessions_OrderOfActivitiesAtOneInstant checks that simultaneous activities of
// two tabs belong to the same sessions in either order. Arrivals are left out,
// because they separate what came before from what follows.
func TestSessions_OrderOfActivitiesAtOneInstant(t *testing.T) {
	t.Parallel()
	withinSite := rapid.SampledFrom([]visits.Kind{visits.Reload, visits.Back, visits.InPage, visits.Form})
	rapid.Check(t, func(t *rapid.T) {
		r := someSiteRules(t)
		first, a, b := someHit(t, clock("11:00")), someHit(t, clock("12:00")), someHit(t, clock("12:00"))
		a.Kind, b.Kind, b.At = withinSite.Draw(t, "one"), withinSite.Draw(t, "other"), a.At
		ab, ba := visitor{rules: r}, visitor{rules: r}
		for _, h := range []visits.Hit{first, a, b} {
			ab.does(h)
		}
		for _, h := range []visits.Hit{first, b, a} {
			ba.does(h)
		}
		require.Len(t, ba.sessions, len(ab.sessions))
		for i, s := range ab.sessions {
			require.Equal(t, s.StartedAt, ba.sessions[i].StartedAt)
			require.Equal(t, s.Traffic.Channel, ba.sessions[i].Traffic.Channel)
		}
	})
}

// FuzzCleanURL holds that whatever a page reports, what is kept of it is an
// address of the web, bounded, without a fragment, and clean already.
func FuzzCleanURL(f *testing.F) {
	for _, seed := range []string{
		adPage, "https://visitor:word@example.com/a?token=t#b", "https://example.com/?a=%zz&b=@", "http://[::1]:80/", "https://exämple.com/ü?ü=ü",
		"javascript:alert(1)", "https://example.com/a;b=c/%2e%2e/", "https://example.com?email=a", "http://a/?%C3=Ù%&Ùmail=1", "HTTP://A", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		clean := visits.CleanURL(raw)
		if clean == "" {
			return
		}
		require.LessOrEqual(t, len(clean), 2048)
		require.Regexp(t, `^https?://[^#\x00-\x20\x7f-\xff]+$`, clean)
		require.NotContains(t, clean, "#")
		require.Equal(t, clean, visits.CleanURL(clean), "cleaning once is enough")
	})
}

// FuzzArrive holds that no page view makes the rules fail, and that they agree
// with attribution on what is direct.
func FuzzArrive(f *testing.F) {
	f.Add(adPage, search, true)
	f.Add(page+"#/a?utm_source=b", "", false)
	f.Add("", "android-app://com.google.android.gm/", true)
	f.Add("https://%zz", "https://[::1", true)
	f.Add(page+"?utm_source=\xff%00&fbclid=%", "https://user@example.org/?email=a", false)
	f.Fuzz(func(t *testing.T, url, referrer string, carryOver bool) {
		r := rules
		r.CarryOver = carryOver
		h := visits.Hit{At: clock("12:00"), Kind: visits.Navigate, URL: url, Referrer: referrer}
		got, arrived := visits.Arrive(h, r)
		require.Equal(t, !arrived, got.Direct())
		require.Equal(t, !arrived, got.Channel == conversion.ChannelDirect)
		require.NotEmpty(t, got.Channel)
		require.Equal(t, got, got.Normalized(), "it is normalised already")
		require.Equal(t, got.LandingPage, visits.CleanURL(got.LandingPage))
		require.Equal(t, got.Referrer, visits.CleanURL(got.Referrer))
		require.True(t, visits.Next(nil, h, r).New)
	})
}
