package notify_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/mail"
	"ringback/internal/notify"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/notices"
	"ringback/test/smtpfake"
)

// results counts what became of attempts.
type results struct {
	mu    sync.Mutex
	count map[string]int
}

func (r *results) Noticed(_, result string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count == nil {
		r.count = map[string]int{}
	}
	r.count[result]++
}

// sender is a process that sends e-mails in its own way.
func sender(s *models.Store, r *results, log *bytes.Buffer, send notify.Send) *notify.Sender {
	return &notify.Sender{
		Store: s, Channels: map[notices.Channel]notify.Send{notices.Mail: send}, Clock: clockwork.NewRealClock(),
		Metrics: r, Logger: slog.New(slog.NewTextHandler(log, nil)),
		Idle: map[notices.Channel]func(context.Context){notices.Mail: wait, "webhook": wait, "another": wait},
	}
}

// wait is how a channel waits for notices that are due: a process looks every two seconds.
func wait(ctx context.Context) {
	select {
	case <-time.After(2 * time.Second):
	case <-ctx.Done():
	}
}

// inBubble runs a test in which time passes only while everybody waits for it.
func inBubble(t *testing.T, test func(t *testing.T, s *models.Store)) {
	t.Helper()
	dsn := modeltest.MigratedSQLite(t)
	synctest.Test(t, func(t *testing.T) { test(t, modeltest.Open(t, dsn, clockwork.NewRealClock())) })
}

// during runs a sender for a time.
func during(t *testing.T, s *notify.Sender, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	require.NoError(t, s.Run(ctx, func() {}))
}

func add(t *testing.T, s *models.Store, endsAfter time.Duration) {
	t.Helper()
	n := notices.MailTo("owner@example.com", "Your link", "https://ringback.example.com/reset")
	if endsAfter > 0 {
		n.EndsAt = time.Now().Add(endsAfter)
	}
	require.NoError(t, s.AddNotice(t.Context(), n))
}

func TestG3_ANoticeIsSentOnceByTwoProcesses(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *models.Store) {
		var mu sync.Mutex
		sent := map[string]int{}
		send := func(_ context.Context, n notices.Notice) error {
			mu.Lock()
			defer mu.Unlock()
			sent[n.ID]++
			return nil
		}
		for range 20 {
			add(t, s, 0)
		}
		var r results
		var processes sync.WaitGroup
		for range 2 {
			processes.Go(func() { during(t, sender(s, &r, new(bytes.Buffer), send), time.Minute) })
		}
		processes.Wait()
		require.Len(t, sent, 20)
		require.Equal(t, map[string]int{"sent": 20}, r.count)
		during(t, sender(s, &r, new(bytes.Buffer), send), 10*time.Minute)
		require.Equal(t, map[string]int{"sent": 20}, r.count, "what was sent is deleted")
	})
}

func TestG3_ANoticeIsTriedAgainUntilItIsOfNoUse(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *models.Store) {
		var tries []time.Duration
		start := time.Now()
		send := func(context.Context, notices.Notice) error {
			tries = append(tries, time.Since(start).Truncate(time.Minute))
			return errors.New("the server is away")
		}
		add(t, s, 20*time.Minute)
		var r results
		var log bytes.Buffer
		during(t, sender(s, &r, &log, send), 25*time.Minute)
		require.Equal(t, []time.Duration{0, time.Minute, 3 * time.Minute, 7 * time.Minute, 15 * time.Minute}, tries)
		require.Equal(t, map[string]int{"postponed": 4, "given_up": 1}, r.count)
		require.Contains(t, log.String(), "the server is away")
		require.NotContains(t, log.String(), "owner@example.com")
	})
}

func TestRefusedNoticeIsGivenUp(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *models.Store) {
		add(t, s, 0)
		var r results
		during(t, sender(s, &r, new(bytes.Buffer), func(context.Context, notices.Notice) error {
			return notify.Refusal{Cause: errors.New("550")}
		}), 10*time.Minute)
		require.Equal(t, map[string]int{"given_up": 1}, r.count)
	})
}

// An owner may set addresses for alerts while the operator has set no server for e-mails.
func TestNoticeThatNothingSendsIsGivenUpAtItsEnd(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *models.Store) {
		add(t, s, 20*time.Minute)
		var r results
		var log bytes.Buffer
		p := sender(s, &r, &log, nil)
		p.Channels = map[notices.Channel]notify.Send{"another": nil}
		during(t, p, 19*time.Minute)
		require.Empty(t, r.count, "a server may be set until then")
		during(t, p, 2*time.Minute)
		require.Equal(t, map[string]int{"given_up": 1}, r.count)
		require.Contains(t, log.String(), "nothing was set up that sends it")
		left, err := s.DueNotices(t.Context(), []notices.Channel{notices.Mail}, 1, 0)
		require.NoError(t, err)
		require.Empty(t, left)
	})
}

func TestG3_ASendThatHasBegunEndsAtShutdown(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *models.Store) {
		add(t, s, 0)
		var r results
		ctx, stop := context.WithCancel(t.Context())
		require.NoError(t, sender(s, &r, new(bytes.Buffer), func(ctx context.Context, _ notices.Notice) error {
			stop()
			return ctx.Err()
		}).Run(ctx, func() {}))
		require.Equal(t, map[string]int{"sent": 1}, r.count)
	})
}

func TestNoticeArrivesAsAnEMail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers map[string]string
		want    string
	}{
		"accepted":        {nil, "sent"},
		"refused":         {map[string]string{"RCPT": "550 5.1.1 nobody"}, "given_up"},
		"not just now":    {map[string]string{"RCPT": "450 4.2.0 greylisted"}, "postponed"},
		"sign-in fails":   {map[string]string{"CONNECT": "554 go away"}, "postponed"},
		"text is refused": {map[string]string{".": "552 5.3.4 too long"}, "given_up"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtpfake.New(t, smtpfake.Options{Answers: c.answers})
			parsed, err := mail.ParseServer(server.URL())
			require.NoError(t, err)
			client := mail.New(mail.Options{Server: parsed, From: "ringback@example.com"})
			s := modeltest.Open(t, modeltest.MigratedSQLite(t), clockwork.NewRealClock())
			add(t, s, 0)
			var r results
			ctx, stop := context.WithCancel(t.Context())
			byMail := notify.ByMail(client)
			require.NoError(t, sender(s, &r, new(bytes.Buffer), func(ctx context.Context, n notices.Notice) error {
				defer stop()
				return byMail(ctx, n)
			}).Run(ctx, func() {}))
			require.Equal(t, map[string]int{c.want: 1}, r.count)
			if c.want == "sent" {
				require.Contains(t, (<-server.Accepted()).Text, "https://ringback.example.com/reset")
			}
		})
	}
}

func TestG6_WebhooksThatHangDelayNoEMail(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *models.Store) {
		const hook notices.Channel = "webhook"
		for n := range 60 { // ten of each of six accounts
			require.NoError(t, s.AddNotice(t.Context(), notices.Notice{AccountID: string(rune('a' + n%6)), Channel: hook, Content: map[string]string{"body": "{}"}}))
		}
		add(t, s, 0)
		var sentAfter time.Duration
		start := time.Now()
		sends := sender(s, new(results), new(bytes.Buffer), func(context.Context, notices.Notice) error {
			sentAfter = time.Since(start)
			return nil
		})
		sends.Channels[hook] = func(ctx context.Context, _ notices.Notice) error {
			<-ctx.Done()
			return ctx.Err()
		}
		during(t, sends, 10*time.Minute)
		require.Less(t, sentAfter, time.Minute)
	})
}
