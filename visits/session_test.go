package visits_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/visits"
)

// clock returns a time of the sample day, as "12:17" or "12:17:05".
func clock(s string) time.Time {
	day := "2026-05-04 " + s
	at, err := time.Parse("2006-01-02 15:04", day)
	if err != nil {
		at, err = time.Parse("2006-01-02 15:04:05", day)
	}
	if err != nil {
		panic(err)
	}
	return at
}

// rules are a site's as they come: sign-in round trips and direct returns belong
// to what brought the visitor.
var rules = visits.Rules{
	Inactivity: 30 * time.Minute, CarryOver: true,
	Domains: []string{"example.com", "shop.example.net"}, IgnoredReferrers: []string{"pay.example.org"},
}

// withoutCarryOver are the rules of a site that has it switched off.
func withoutCarryOver() visits.Rules {
	r := rules
	r.CarryOver = false
	return r
}

const (
	page    = "https://www.example.com/"
	adPage  = "https://www.example.com/offer?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=g-1"
	adPage2 = "https://www.example.com/offer?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=g-2"
	search  = "https://www.google.com/"
	social  = "https://l.facebook.com/"
	partner = "https://partner.example.org/list"
	signIn  = "https://accounts.google.com/"
)

// did is one thing that the visitor did, and which session it belongs to:
// sessions are counted from 1.
type did struct {
	at       time.Time
	kind     visits.Kind
	url      string
	referrer string
	session  int
	channel  string // of that session
}

// open is a page opened.
func open(at, url, referrer string, session int, channel string) did {
	return did{clock(at), visits.Navigate, url, referrer, session, channel}
}

// days moves it some days and this much time later.
func (d did) later(by time.Duration) did {
	d.at = d.at.Add(by)
	return d
}

// like makes it another kind of activity.
func (d did) like(kind visits.Kind) did {
	d.kind = kind
	return d
}

// visitor is one browser on its way through the site.
type visitor struct {
	rules    visits.Rules
	sessions []visits.Session
}

func (v *visitor) does(h visits.Hit) visits.Step {
	var previous *visits.Session
	if n := len(v.sessions); n > 0 {
		previous = &v.sessions[n-1]
	}
	step := visits.Next(previous, h, v.rules)
	if step.New {
		v.sessions = append(v.sessions, visits.Session{StartedAt: h.At, Traffic: step.Traffic})
		previous = &v.sessions[len(v.sessions)-1]
	}
	if h.At.After(previous.LastActivityAt) {
		previous.LastActivityAt = h.At
	}
	return step
}

// follows holds that the visitor's activities fall into these sessions.
func follows(t *testing.T, r visits.Rules, path []did) {
	t.Helper()
	v := visitor{rules: r}
	for i, d := range path {
		step := v.does(visits.Hit{At: d.at, Kind: d.kind, URL: d.url, Referrer: d.referrer})
		require.Equal(t, step.New, step.Why.Code != "")
		require.Len(t, v.sessions, d.session, "session of activity %d (%+v)", i+1, step.Why)
		require.Equal(t, d.channel, v.sessions[len(v.sessions)-1].Traffic.Channel, "channel of activity %d (%+v)", i+1, step.Why)
	}
}

// TestM4_AdClickAt1217AndCallAt1305 is the documented sample: an ad click at 12:17
// and a call at 13:05 are not merged, provided that the visitor did nothing after
// 12:35 (docs/facts/marketo-measure.md).
func TestM4_AdClickAt1217AndCallAt1305(t *testing.T) {
	t.Parallel()
	v := visitor{rules: rules}
	v.does(visits.Hit{At: clock("12:17"), Kind: visits.Navigate, URL: adPage})
	require.False(t, v.sessions[0].Open(clock("13:05"), rules), "not merged")
	require.True(t, v.sessions[0].Open(clock("12:47"), rules), "a call landing exactly on 30:00: inclusive")
	require.False(t, v.sessions[0].Open(clock("12:47:01"), rules))

	v.does(visits.Hit{At: clock("12:35"), Kind: visits.Navigate, URL: page, Referrer: adPage})
	require.True(t, v.sessions[0].Open(clock("13:05"), rules), "counted from the last activity, not from the start")
	require.False(t, v.sessions[0].Open(clock("13:05:01"), rules))

	step := v.does(visits.Hit{At: clock("13:05:01"), Kind: visits.Navigate, URL: page, Referrer: adPage})
	require.True(t, step.New, "what the visitor does at 13:05 is another session too")
}

// TestSessions_LineByLine follows docs/facts/visits.md line by line.
func TestSessions_LineByLine(t *testing.T) {
	t.Parallel()
	paid, organic, referral, posted, direct := conversion.ChannelPaidSearch, conversion.ChannelOrganicSearch,
		conversion.ChannelReferral, conversion.ChannelOrganicSocial, conversion.ChannelDirect
	for name, path := range map[string][]did{
		"Ends after 30 min of inactivity": {
			open("12:17", adPage, search, 1, paid), open("12:47:01", page, page, 2, paid)},
		"exactly 30:00 later it has not ended (unknown; inclusive)": {
			open("12:17", adPage, search, 1, paid), open("12:47", page, page, 1, paid)},
		"of inactivity, not since the start": {
			open("12:17", adPage, search, 1, paid), open("12:40", page, page, 1, paid),
			open("13:05", page, page, 1, paid), open("13:35:01", page, page, 2, paid)},
		"Only page navigation and form submission are activity: a form keeps it alive": {
			open("12:17", adPage, search, 1, paid), open("12:40", page, "", 1, paid).like(visits.Form), open("13:05", page, page, 1, paid)},
		"so does a page of a single-page application": {
			open("12:17", adPage, search, 1, paid), open("12:40", page, "", 1, paid).like(visits.InPage), open("13:05", page, page, 1, paid)},
		"One user never has two sessions at once; tabs share one": {
			open("12:17", adPage, search, 1, paid), open("12:18", "https://www.example.com/a", page, 1, paid),
			open("12:18", "https://www.example.com/b", page, 1, paid), open("12:20", "https://www.example.com/a2", "https://www.example.com/a", 1, paid)},
		"a tab opened by an ad ends the session of the others": {
			open("12:17", page, partner, 1, referral), open("12:18", adPage, search, 2, paid), open("12:19", page, page, 2, paid)},
		"arriving from another digital channel or an external site starts a new one at once": {
			open("12:17", adPage, search, 1, paid), open("12:18", page, partner, 2, referral),
			open("12:19", page, social, 3, posted), open("12:20", page, search, 4, organic)},
		"even search then paid within seconds": {
			open("12:17:00", page, search, 1, organic), open("12:17:04", adPage, search, 2, paid)},
		"Direct arrival after a referral session does not start a new one": {
			open("12:17", page, partner, 1, referral), open("12:30", page, "", 1, referral)},
		"nor after a search session": {
			open("12:17", page, search, 1, organic), open("12:47", page, "", 1, organic)},
		"nor after a social session": {
			open("12:17", page, social, 1, posted), open("12:30", page, "", 1, posted)},
		"a direct session followed by an external referral does": {
			open("12:17", page, "", 1, direct), open("12:18", page, partner, 2, referral)},
		"internal referrer: the same host, with or without www": {
			open("12:17", adPage, search, 1, paid), open("12:18", "https://example.com/", page, 1, paid)},
		"internal referrer: another domain of the site, and below one": {
			open("12:17", adPage, search, 1, paid), open("12:18", page, "https://shop.example.net/", 1, paid),
			open("12:19", page, "https://pay.shop.example.net/", 1, paid)},
		"an internal referrer with campaign words is no arrival": {
			open("12:17", page, search, 1, organic), open("12:18", page+"?utm_source=banner&utm_medium=internal", page, 1, organic)},
		"back from a page that the site ignores": {
			open("12:17", adPage, search, 1, paid), open("12:25", page, "https://checkout.pay.example.org/done", 1, paid)},
		"Session Channel Carryover: after more than 30 min the channel stays": {
			open("12:17", adPage, search, 1, paid), open("14:00", page, "", 2, paid)},
		"Direct (no referrer or internal referrer)": {
			open("12:17", adPage, search, 1, paid), open("14:00", page, page, 2, paid)},
		"within 7 days": {
			open("12:17", adPage, search, 1, paid), open("12:17", page, "", 2, paid).later(7 * 24 * time.Hour)},
		"After 7 days: Direct": {
			open("12:17", adPage, search, 1, paid), open("12:17:01", page, "", 2, direct).later(7 * 24 * time.Hour)},
		"a carried channel is carried on": {
			open("12:17", adPage, search, 1, paid), open("12:17", page, "", 2, paid).later(5 * 24 * time.Hour),
			open("12:17", page, "", 3, paid).later(10 * 24 * time.Hour)},
		"A non-direct arrival is never overridden": {
			open("12:17", adPage, search, 1, paid), open("14:00", page, partner, 2, referral)},
		"a direct session has nothing to carry": {
			open("12:17", page, "", 1, direct), open("14:00", page, "", 2, direct)},
		"With it on, social sign-in (Google/Microsoft/Apple round trip) does not split": {
			open("12:17", adPage, search, 1, paid), open("12:20", page, signIn, 1, paid),
			open("12:22", page, "https://login.microsoftonline.com/", 1, paid), open("12:24", page, "https://appleid.apple.com/", 1, paid)},
		"sign-in after the time of inactivity: direct, with the channel": {
			open("12:17", adPage, search, 1, paid), open("14:00", page, signIn, 2, paid)},
		"reload of an ad's landing page": {
			open("12:17", adPage, search, 1, paid), open("12:18", adPage, search, 1, paid).like(visits.Reload)},
		"reload after the time of inactivity: no second click": {
			open("12:17", adPage, search, 1, paid), open("14:00", adPage, search, 2, paid).like(visits.Reload)},
		"the first that is seen is a reload: a consent tool loaded the ad's page again": {
			open("12:17", adPage, search, 1, paid).like(visits.Reload), open("12:18", adPage, search, 1, paid).like(visits.Reload)},
		"the first that is seen comes from the browser's history": {
			open("12:17", adPage, search, 1, direct).like(visits.Back)},
		"back to the ad's page from the browser's history": {
			open("12:17", adPage, search, 1, paid), open("12:18", page, adPage, 1, paid), open("12:19", adPage, search, 1, paid).like(visits.Back)},
		"back to a page kept from before the time of inactivity": {
			open("12:17", adPage, search, 1, paid), open("14:00", adPage, search, 2, paid).like(visits.Back)},
		"the very same click again": {
			open("12:17", adPage, search, 1, paid), open("12:18", adPage, "", 1, paid)},
		"the very same click, long after: a return": {
			open("12:17", adPage, search, 1, paid), open("12:17", adPage, "", 2, direct).later(8 * 24 * time.Hour)},
		"another click on the same ad": {
			open("12:17", adPage, search, 1, paid), open("12:18", adPage2, search, 2, paid)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			follows(t, rules, path)
		})
	}
}

func TestSessions_WithoutCarryOver(t *testing.T) {
	t.Parallel()
	paid, direct := conversion.ChannelPaidSearch, conversion.ChannelDirect
	for name, path := range map[string][]did{
		"no channel is kept": {
			open("12:17", adPage, search, 1, paid), open("14:00", page, "", 2, direct)},
		"with it off social sign-in does split": {
			open("12:17", adPage, search, 1, paid), open("12:20", page, signIn, 2, conversion.ChannelReferral)},
		"direct within 30 min still goes on": {
			open("12:17", adPage, search, 1, paid), open("12:30", page, "", 1, paid)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			follows(t, withoutCarryOver(), path)
		})
	}
}

// TestSessions_SameClickIsRecognised: only an id that was made for the
// click does, and only while the campaign's words are the same.
func TestSessions_SameClickIsRecognised(t *testing.T) {
	t.Parallel()
	const words = page + "?utm_source=partner&utm_medium=cpc&utm_campaign=spring&"
	for name, tc := range map[string]struct {
		first, second string
		same          bool
	}{
		"an id made for the click":         {words + "msclkid=1", words + "msclkid=1", true},
		"another one":                      {words + "msclkid=1", words + "msclkid=2", false},
		"an id whose name has capitals":    {words + "ScCid=1", words + "sccid=1", true},
		"the id of a member":               {words + "li_fat_id=1", words + "li_fat_id=1", false},
		"ids of many clicks":               {words + "wbraid=1&gbraid=1", words + "wbraid=1&gbraid=1", false},
		"the id of a shared link":          {page + "?igshid=1", page + "?igshid=1", false},
		"beside the id of the click":       {words + "gclid=1&wbraid=1", words + "gclid=1&wbraid=2", true},
		"the words of another campaign":    {words + "gclid=1", page + "?utm_source=partner&utm_medium=cpc&utm_campaign=summer&gclid=1", false},
		"another content of the campaign":  {words + "gclid=1", words + "gclid=1&utm_content=b", false},
		"a parameter that is none of them": {words + "gclid=1", words + "gclid=1&size=2", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := visitor{rules: rules}
			v.does(visits.Hit{At: clock("12:00"), Kind: visits.Navigate, URL: tc.first})
			again := v.does(visits.Hit{At: clock("12:05"), Kind: visits.Navigate, URL: tc.second})
			require.Equal(t, tc.same, !again.New)
		})
	}
}

// TestSessions_CarryOverKeepsTheChannelOnly holds "keeps the previous session's
// channel only (not campaign, not referrer)".
func TestSessions_CarryOverKeepsTheChannelOnly(t *testing.T) {
	t.Parallel()
	ad := visits.Next(nil, visits.Hit{At: clock("12:17"), Kind: visits.Navigate, URL: adPage, Referrer: search}, rules)
	previous := visits.Session{StartedAt: clock("12:17"), LastActivityAt: clock("12:17"), Traffic: ad.Traffic}
	back := visits.Next(&previous, visits.Hit{At: clock("14:00"), Kind: visits.Navigate, URL: page}, rules)
	require.True(t, back.New)
	require.True(t, back.Carried)
	require.Equal(t, conversion.Traffic{LandingPage: page, PageURL: page, Channel: conversion.ChannelPaidSearch}, back.Traffic)
	require.True(t, back.Traffic.Direct(), "attribution still sees a direct visit (R8)")

	previous.Traffic.Channel = "" // a session from before channels were told
	require.Equal(t, back, visits.Next(&previous, visits.Hit{At: clock("14:00"), Kind: visits.Navigate, URL: page}, rules))
}

func TestSessions_TimeOfInactivityIsTheSites(t *testing.T) {
	t.Parallel()
	previous := visits.Session{StartedAt: clock("12:00"), LastActivityAt: clock("12:00")}
	hit := visits.Hit{At: clock("12:20"), Kind: visits.Navigate, URL: page}
	require.False(t, visits.Next(&previous, hit, visits.Rules{}).New, "30 minutes, where nothing is set")
	require.True(t, visits.Next(&previous, hit, visits.Rules{Inactivity: 10 * time.Minute}).New)
}

func TestSessions_WhyASessionBegan(t *testing.T) {
	t.Parallel()
	at := clock("12:17")
	ad := visits.Hit{At: at, Kind: visits.Navigate, URL: adPage}
	require.Equal(t, visits.StartReason{Code: visits.StartSource, First: true, Source: "google", Medium: "cpc"}, visits.Next(nil, ad, rules).Why)
	require.Equal(t, visits.StartReason{Code: visits.StartNotKnown, First: true}, visits.Next(nil, visits.Hit{At: at, Kind: visits.Form, URL: page}, rules).Why)
	campaign := visits.Hit{At: at, Kind: visits.Navigate, URL: page + "?utm_campaign=spring"}
	previous := visits.Session{StartedAt: at, LastActivityAt: at}
	require.Equal(t, visits.StartReason{Code: visits.StartCampaign}, visits.Next(&previous, campaign, rules).Why)
	require.Zero(t, visits.Next(&previous, visits.Hit{At: at, Kind: visits.Reload, URL: page}, rules).Why)
	require.Equal(t, visits.StartReason{Code: visits.StartInactivity},
		visits.Next(&previous, visits.Hit{At: at.Add(time.Hour), Kind: visits.Reload, URL: page}, rules).Why)
}

func TestReasonsOfSessionsOfEarlierVersionsAreTexts(t *testing.T) {
	t.Parallel()
	var read visits.StartReason
	require.NoError(t, json.Unmarshal([]byte(`"it came from google / cpc"`), &read))
	require.Equal(t, visits.StartReason{Text: "it came from google / cpc"}, read)
	require.NoError(t, json.Unmarshal([]byte(`{"code":"source","source":"google"}`), &read))
	require.Equal(t, visits.StartReason{Code: visits.StartSource, Source: "google"}, read)
	require.Error(t, json.Unmarshal([]byte(`5`), &read))
}
