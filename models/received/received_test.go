package received_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/internal/secrets"
	"ringback/internal/unread"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/received"
	"ringback/models/websites"
)

func last(site websites.Site, body string) received.LastMessage {
	return received.LastMessage{SiteID: site.ID, Source: "mapped", Method: "POST", Query: "a=b", ContentType: "application/json", Body: []byte(body), ReceivedAt: modeltest.Start}
}

func TestM9_TheLastMessageOfASourceIsKept(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		none, err := s.Last(t.Context(), site.ID, "mapped")
		require.NoError(t, err)
		require.Nil(t, none)
		require.NoError(t, s.KeepLast(t.Context(), last(site, "first\x00")))
		require.NoError(t, s.KeepLast(t.Context(), last(site, "second\x00\xff")))
		stored, err := s.Last(t.Context(), site.ID, "mapped")
		require.NoError(t, err)
		want := last(site, "second\x00\xff")
		want.Mentions = stored.Mentions
		require.Equal(t, &want, stored)
	})
}

func TestTheLastMessageIsErasedWithItsPersonAndAfterTheDaysOfItsSite(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		isKept := func() bool {
			t.Helper()
			stored, err := s.Last(t.Context(), site.ID, "mapped")
			require.NoError(t, err)
			return stored != nil
		}
		const visitor = "0123456789abcdef0123456789abcdef"
		require.NoError(t, s.KeepLast(t.Context(), last(site, `{"visitor": "another-visitor-of-the-site"}`)))
		require.NoError(t, s.ForgetVisitor(t.Context(), site.ID, visitor))
		require.True(t, isKept())
		require.NoError(t, s.KeepLast(t.Context(), last(site, `{"visitor": "`+visitor+`"}`)))
		require.NoError(t, s.ForgetVisitor(t.Context(), site.ID, visitor))
		require.False(t, isKept())

		_, err := s.UpdateSite(t.Context(), modeltest.ActorOf(site), site.ID, func(m *websites.Site) error {
			m.Script.KeepDays = 30
			return nil
		})
		require.NoError(t, err)
		require.NoError(t, s.KeepLast(t.Context(), last(site, "{}")))
		clock.Advance(30 * 24 * time.Hour)
		_, err = s.PruneVisits(t.Context(), 100, modeltest.NewProgress())
		require.NoError(t, err)
		require.True(t, isKept())
		clock.Advance(time.Minute)
		_, err = s.PruneVisits(t.Context(), 100, modeltest.NewProgress())
		require.NoError(t, err)
		require.False(t, isKept())
	})
}

func TestG6_UnreadMessagesOfASourceAreBounded(t *testing.T) {
	t.Parallel()
	for name, bound := range map[string]received.Bound{"messages": {Messages: 2, Bytes: 1 << 20}, "bytes": {Messages: 100, Bytes: 80}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modeltest.EachMigrated(t, func(t *testing.T, dsn string) { boundHolds(t, boundedStore(t, dsn, bound)) })
		})
	}
}

func boundedStore(t *testing.T, dsn string, bound received.Bound) *models.Store {
	t.Helper()
	keys, err := secrets.Generate()
	require.NoError(t, err)
	box, err := secrets.New(keys)
	require.NoError(t, err)
	s, err := models.Open(t.Context(), models.Options{
		DSN: dsn, Box: box, Clock: clockwork.NewFakeClockAt(modeltest.Start), Logger: slog.New(slog.DiscardHandler),
		Pools: models.Pools{Intake: 4, Relay: 2, Workers: 2, Viewers: 2}, UnreadBound: bound,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// boundHolds stores two messages of about twenty bytes, and a third one, which is too many.
func boundHolds(t *testing.T, s *models.Store) {
	t.Helper()
	site, other := modeltest.Site(t, s), modeltest.Site(t, s)
	store := func(site websites.Site, body string) (bool, error) {
		return s.StoreUnread(t.Context(), &received.UnreadMessage{
			SiteID: site.ID, Source: "mapped", Method: "POST", Body: []byte(body), Reason: unread.Defect{Code: unread.NotMapped}, ReceivedAt: modeltest.Start,
		})
	}
	for _, body := range []string{"message number 1", "message number 2"} {
		isNew, err := store(site, body)
		require.NoError(t, err)
		require.True(t, isNew)
	}
	_, err := store(site, "message number 3")
	require.Equal(t, fault.Unavailable, fault.CodeOf(err), "the provider is asked to send it again")
	var refused *fault.Error
	require.ErrorAs(t, err, &refused)
	require.Positive(t, refused.RetryAfter)
	isNew, err := store(site, "message number 2")
	require.NoError(t, err, "a message that is kept is accepted")
	require.False(t, isNew)
	_, err = store(other, "message number 3")
	require.NoError(t, err, "another site has room")

	used, err := s.Unread(t.Context(), site.ID, "mapped")
	require.NoError(t, err)
	require.EqualValues(t, 2, used.Messages)
	require.EqualValues(t, 1, used.Refused)
	require.Equal(t, modeltest.Start, *used.RefusedAt)
	_, err = store(site, "message number 4")
	require.Error(t, err)
	used, err = s.Unread(t.Context(), site.ID, "mapped")
	require.NoError(t, err)
	require.EqualValues(t, 2, used.Refused)

	kept, err := s.OldestUnread(t.Context(), received.UnreadFilter{AccountID: site.AccountID, SiteID: site.ID}, "", 10)
	require.NoError(t, err)
	require.NoError(t, s.RemoveRead(t.Context(), site.ID, kept[0].ID))
	_, err = store(site, "message number 3")
	require.NoError(t, err, "there is room again")
}

func TestM9_WhenTheMessagesOfASourceCame(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		none, hours, err := s.Activity(t.Context(), site.ID, "callrail")
		require.NoError(t, err)
		require.Nil(t, none)
		require.Empty(t, hours)
		note := func(at time.Time) {
			t.Helper()
			require.NoError(t, s.NoteMessage(t.Context(), site.ID, "callrail", at))
		}
		start := modeltest.Start
		note(start)
		note(start.Add(30 * time.Second)) // within a minute nothing is written
		last, hours, err := s.Activity(t.Context(), site.ID, "callrail")
		require.NoError(t, err)
		require.Equal(t, start, *last)
		require.Equal(t, []time.Time{start}, hours)
		note(start.Add(20 * time.Minute))
		note(start.Add(90 * time.Minute))
		require.NoError(t, s.NoteMessage(t.Context(), site.ID, "calltouch", start.Add(5*time.Hour)))
		last, hours, err = s.Activity(t.Context(), site.ID, "callrail")
		require.NoError(t, err)
		require.Equal(t, start.Add(90*time.Minute), *last)
		require.Equal(t, []time.Time{start, start.Add(time.Hour)}, hours)
		note(start.AddDate(0, 0, 28).Add(time.Hour))
		_, hours, err = s.Activity(t.Context(), site.ID, "callrail")
		require.NoError(t, err)
		require.Equal(t, []time.Time{start.Add(time.Hour), start.AddDate(0, 0, 28).Add(time.Hour)}, hours, "older hours do not count any more")
	})
}

// TestM9_SilentSourcesAreCounted has sources of which messages came each hour for ten days.
// One is still sending, one has stopped, and one has stopped because it is off. Another
// site with such sources was deleted.
func TestM9_SilentSourcesAreCounted(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		end := modeltest.Start.AddDate(0, 0, 10)
		sending := func(site websites.Site) {
			for source, until := range map[string]time.Time{"callrail": end, "calltouch": end.Add(-5 * time.Hour), "twilio": end.Add(-5 * time.Hour)} {
				_, err := s.PutSource(t.Context(), modeltest.ActorOf(site), site.ID, source, func(m *websites.Source) error {
					m.Enabled = source != "twilio"
					return nil
				})
				require.NoError(t, err)
				for at := modeltest.Start; at.Before(until); at = at.Add(time.Hour) {
					require.NoError(t, s.NoteMessage(t.Context(), site.ID, source, at))
				}
			}
		}
		gone := modeltest.Site(t, s)
		sending(gone)
		require.NoError(t, s.DeleteSite(t.Context(), modeltest.ActorOf(gone), gone.ID))
		sending(modeltest.Site(t, s))
		silent, err := s.SilentSources(t.Context(), end)
		require.NoError(t, err)
		require.Equal(t, map[string]int{"calltouch": 1}, silent)
		silent, err = s.SilentSources(t.Context(), end.Add(-4*time.Hour))
		require.NoError(t, err)
		require.Empty(t, silent)
	})
}

// TestAMessageThatWasNotedLateChangesNothing has another process that noted a later one.
func TestAMessageThatWasNotedLateChangesNothing(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		one, other := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start)), modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
		site := modeltest.Site(t, one)
		require.NoError(t, one.NoteMessage(t.Context(), site.ID, "callrail", modeltest.Start))
		require.NoError(t, other.NoteMessage(t.Context(), site.ID, "callrail", modeltest.Start.Add(-time.Second)))
		last, _, err := one.Activity(t.Context(), site.ID, "callrail")
		require.NoError(t, err)
		require.Equal(t, modeltest.Start, *last)
	})
}
