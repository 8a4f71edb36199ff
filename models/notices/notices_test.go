package notices_test

import (
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/secrets"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/notices"
)

var mails = []notices.Channel{notices.Mail}

func add(t *testing.T, s *models.Store, n notices.Notice) {
	t.Helper()
	require.NoError(t, s.AddNotice(t.Context(), n))
}

func mailOf(account, thread, subject string) notices.Notice {
	n := notices.MailTo("owner@example.com", subject, "text")
	n.AccountID, n.Thread = account, thread
	return n
}

// subjects claims what is due and returns its subjects.
func subjects(t *testing.T, s *models.Store, limit int) (all []string) {
	t.Helper()
	due, err := s.DueNotices(t.Context(), mails, limit, 5*time.Minute)
	require.NoError(t, err)
	for _, n := range due {
		_, subject, _ := n.MailContent()
		all = append(all, subject)
	}
	return all
}

func TestG3_ANoticeIsClaimedByOneProcess(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		stores := modeltest.OpenTwice(t, dsn, clock)
		const each = 30
		for n := range each {
			add(t, stores[0], mailOf(string(rune('a'+n)), "", string(rune('a'+n))))
		}
		var mu sync.Mutex
		var claimed []string
		var processes sync.WaitGroup
		for n := range 6 {
			processes.Go(func() {
				due, err := stores[n%2].DueNotices(t.Context(), mails, each, time.Minute)
				mu.Lock()
				defer mu.Unlock()
				require.NoError(t, err)
				for _, n := range due {
					claimed = append(claimed, n.AccountID)
				}
			})
		}
		processes.Wait()
		require.Len(t, claimed, each)
		require.Empty(t, subjects(t, stores[0], each))
		clock.Advance(time.Minute)
		require.Len(t, subjects(t, stores[0], each), each, "a process that was killed sent none of them")
	})
}

func TestG6_OneAccountDelaysNoOther(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		for range 10 {
			add(t, s, mailOf("acc_1", "", "busy"))
		}
		clock.Advance(time.Second)
		add(t, s, mailOf("acc_2", "", "other"))
		require.ElementsMatch(t, []string{"busy", "busy", "other"}, subjects(t, s, 4))
		require.Equal(t, []string{"busy"}, subjects(t, s, 1))
	})
}

func TestNoticesOfAThreadFollowEachOther(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		add(t, s, mailOf("acc_1", "inc_1", "begin"))
		add(t, s, mailOf("acc_1", "inc_1", "end"))
		due, err := s.DueNotices(t.Context(), mails, 10, time.Minute)
		require.NoError(t, err)
		require.Len(t, due, 1)
		require.NoError(t, s.PostponeNotice(t.Context(), due[0].ID, modeltest.Start.Add(time.Hour)))
		clock.Advance(30 * time.Minute)
		require.Empty(t, subjects(t, s, 10), "the first one waits to be tried again")
		require.NoError(t, s.DeleteNotice(t.Context(), due[0].ID))
		require.Equal(t, []string{"end"}, subjects(t, s, 10))
	})
}

func TestG8_NoticesAreEncryptedAndResealed(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		old, err := secrets.Generate()
		require.NoError(t, err)
		add(t, modeltest.OpenWith(t, dsn, clock, old), mailOf("acc_1", "", "Your link"))
		rotated, err := secrets.Rotate(old)
		require.NoError(t, err)
		done, err := modeltest.OpenWith(t, dsn, clock, rotated).Reseal(t.Context())
		require.NoError(t, err)
		require.Equal(t, models.Resealed{Sealed: 1}, done)
		pruned, err := secrets.Prune(rotated)
		require.NoError(t, err)
		require.Equal(t, []string{"Your link"}, subjects(t, modeltest.OpenWith(t, dsn, clock, pruned), 1))
		clock.Advance(time.Hour)
		due, err := modeltest.OpenWith(t, dsn, clock, old).DueNotices(t.Context(), mails, 1, time.Minute)
		require.NoError(t, err)
		require.True(t, due[0].Unreadable)
		require.Empty(t, due[0].Content)
		require.Equal(t, modeltest.Start.Add(72*time.Hour), due[0].EndsAt)
	})
}
