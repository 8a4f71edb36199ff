package activities_test

import (
	"fmt"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/reconciliations"
	"ringback/models/websites"
	"ringback/test/calllistfake"
)

// listProvider is a source whose provider lists calls, with the settings of its API.
type listProvider struct {
	source               string
	options, credentials map[string]string
}

var listProviders = []listProvider{
	{"callrail", map[string]string{"api_account_id": calllistfake.Account}, map[string]string{"api_key": calllistfake.Key, "signing_keys": "sample-signing-key"}},
	{"calltrackingmetrics", map[string]string{"api_account_id": calllistfake.Account}, map[string]string{"api_access_key": calllistfake.Key, "api_secret_key": calllistfake.Secret, "secrets": "sample-secret"}},
	{"calltouch", map[string]string{"api_site_id": calllistfake.Account}, map[string]string{"api_token": calllistfake.Key, "secrets": "sample-secret-0123456789"}},
}

// eachProvider runs a test with each provider on each database.
func eachProvider(t *testing.T, test func(*testing.T, *listWorld)) {
	t.Helper()
	for _, p := range listProviders {
		t.Run(p.source, func(t *testing.T) {
			t.Parallel()
			modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
				test(t, reconcilesSource(t, s, clock, p.source, maps.Clone(p.options), maps.Clone(p.credentials)))
			})
		})
	}
}

func TestM9_EachProvidersCallsAreReadAsTheyEnded(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, w *listWorld) {
		w.clock.Advance(time.Hour)
		goesOn, answered, missed := w.call("701", 20*time.Minute), w.call("702", 40*time.Minute), w.call("703", 40*time.Minute)
		goesOn.GoesOn, answered.Tags = true, []string{"sales", "new"}
		missed.Answered, missed.Seconds = false, 20
		w.Put(goesOn, answered, missed)
		w.clock.Advance(time.Hour)
		require.Equal(t, 2, w.round(t), "a call that goes on is not taken as one that was missed")
		calls := w.conversions(t)
		require.Equal(t, conversion.OutcomeAnswered, calls["702"].Outcome)
		require.Equal(t, 90, *calls["702"].TalkSeconds)
		require.Equal(t, modeltest.Caller, calls["702"].Phone)
		require.Equal(t, conversion.OutcomeMissed, calls["703"].Outcome)
		for _, tag := range w.detail(t, "702").Tags {
			require.True(t, tag.Late, "R6: when %s was set is not known", tag.Label)
		}
		require.Equal(t, []string{"new", "sales"}, tagsOf(w.detail(t, "702")))

		before := len(w.detail(t, "702").Events)
		w.clock.Advance(10 * time.Minute)
		require.Zero(t, w.round(t))
		require.Len(t, w.detail(t, "702").Events, before, "what is known is not stored again")
		require.Zero(t, w.state(t).Completed)
	})
}

// TestM9_EachProvidersPagesAndLimits has calls that change and begin while pages are
// read, and a provider that takes no more requests in between.
func TestM9_EachProvidersPagesAndLimits(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, w *listWorld) {
		w.clock.Advance(2 * time.Hour)
		w.LargestPage = 10
		const count = 35
		for i := range count {
			w.Put(w.call(fmt.Sprintf("7%04d", i), time.Hour-time.Duration(i)*time.Second))
		}
		early, late, changed := w.call("80001", 61*time.Minute), w.call("80002", time.Second), w.call("70033", time.Hour-33*time.Second)
		changed.Tags = []string{"changed"}
		before := len(w.Requests())
		var limited sync.Once
		w.Before = func(n int) {
			if n == before+2 {
				w.Put(early, late, changed)
				limited.Do(func() { w.Fail(calllistfake.Fault{Status: http.StatusTooManyRequests, RetryAfter: "120", Times: 1}) })
			}
		}
		began := w.clock.Now()
		found := w.round(t)
		require.Equal(t, 2*time.Minute, w.clock.Now().Sub(began), "as the provider has asked for")
		w.clock.Advance(30 * time.Minute)
		found += w.round(t)
		require.Equal(t, count+2, found)
		require.Len(t, w.conversions(t), count+2)
		require.Equal(t, []string{"changed"}, tagsOf(w.detail(t, "70033")))
		require.Equal(t, int64(count+2), w.state(t).Found)
		require.Equal(t, reconciliations.Done, w.state(t).State)
	})
}

// TestM9_ACallHiddenByAChangeOfTheListIsFound removes the first call of the list and adds
// another after it, so that the number of calls stays and one call moves to a page that
// was read.
func TestM9_ACallHiddenByAChangeOfTheListIsFound(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, w *listWorld) {
		w.clock.Advance(8 * time.Hour)
		w.LargestPage = 5
		for i := range 12 {
			w.Put(w.call(fmt.Sprintf("70%02d", i), 8*time.Hour-time.Duration(i)*time.Minute))
		}
		first, another := "7000", w.call("8000", 7*time.Hour)
		if w.source == "calltrackingmetrics" { // the newest one comes first
			first, another = "7011", w.call("8000", 8*time.Hour+time.Minute)
		}
		another.At = another.At.Add(2 * time.Minute)
		before := len(w.Requests())
		w.Before = func(n int) {
			if n == before+2 {
				w.Remove(first)
				w.Put(another)
			}
		}
		require.Equal(t, 13, w.round(t))
	})
}

// TestM9_DaysAreThoseOfTheAccountsZone has calls on both sides of midnight.
func TestM9_DaysAreThoseOfTheAccountsZone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"America/Los_Angeles", "Asia/Vladivostok"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachProvider(t, func(t *testing.T, w *listWorld) {
				zone, err := time.LoadLocation(name)
				require.NoError(t, err)
				w.Zone = zone
				w.set(t, func(m *websites.Source) { m.Options["time_zone"] = name })
				began := w.clock.Now()
				for calls := 1; w.clock.Since(began) < 27*time.Hour; calls++ {
					w.Put(w.call(fmt.Sprintf("7%02d", calls), 0))
					w.clock.Advance(untilNext(w.clock.Now(), zone))
					w.round(t)
					require.Len(t, w.conversions(t), calls, "none waits for the next day")
				}
			})
		})
	}
}

// untilNext returns how long after a time the list is read again: an hour around midnight in the
// zone and in UTC, and some hours else.
func untilNext(now time.Time, zone *time.Location) time.Duration {
	for _, in := range []*time.Location{zone, time.UTC} {
		if hour := now.In(in).Hour(); hour >= 22 || hour < 1 {
			return time.Hour
		}
	}
	return 3 * time.Hour
}

// TestM9_AVisitThatNoMessageBroughtIsFound has a call whose messages know no visit: the
// one about the session of CallTrackingMetrics never came.
func TestM9_AVisitThatNoMessageBroughtIsFound(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		p := listProviders[1]
		w := reconcilesSource(t, s, clock, p.source, maps.Clone(p.options), maps.Clone(p.credentials))
		clock.Advance(time.Hour)
		call := w.call("701", 0)
		w.webhook(t, fmt.Sprintf(`{"id":701,"direction":"inbound","unix_time":%d,"dial_status":"completed","duration":90,"talk_time":90}`, call.At.Unix()))
		w.Put(call)
		before := len(w.detail(t, "701").Events)
		for range 2 { // once
			clock.Advance(30 * time.Minute)
			require.Zero(t, w.round(t))
			require.Equal(t, int64(1), w.state(t).Completed)
			events := w.detail(t, "701").Events
			require.Len(t, events, before+1)
			require.Equal(t, conversion.EventLinked, events[before].Call.Type)
			require.Equal(t, "0123456789abcdef01234567", events[before].Call.VisitorIDs["calltrackingmetrics"])
		}
	})
}

// TestM9_CallRailsDaysMayBeThoseOfAnyZone has the provider list by days of another zone
// than the owner has set: in which zone its days are is not known. The list cannot be read
// for hours, so that the next round begins with the calls of the outage.
func TestM9_CallRailsDaysMayBeThoseOfAnyZone(t *testing.T) {
	t.Parallel()
	for days, name := range map[*time.Location]string{
		time.UTC: "Asia/Vladivostok", time.FixedZone("", -8*60*60): "Europe/Moscow", time.FixedZone("", 10*60*60): "America/New_York",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
				w := reconcilesCallRail(t, s, clock)
				w.Zone = days
				w.set(t, func(m *websites.Source) { m.Options["time_zone"] = name })
				for hour := range 12 { // seven hours apart, so at many times of the day
					w.round(t)
					w.clock.Advance(7 * time.Hour)
					w.Put(w.call(fmt.Sprintf("7%02d", hour), 7*time.Hour), w.call(fmt.Sprintf("8%02d", hour), time.Hour))
				}
				w.round(t)
				require.EqualValues(t, 24, w.state(t).Found)
			})
		})
	}
}
