package alerting_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/alerts"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/secrets"
	"ringback/models"
	"ringback/models/alerting"
	"ringback/models/audit"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/notices"
	"ringback/models/quotas"
	"ringback/models/websites"
)

// words writes messages that a test can read.
type words struct{}

func (words) Mail(_ string, changed []alerting.Incident) (subject, text string) {
	var lines []string
	for _, i := range changed {
		lines = append(lines, line(i))
	}
	return "alerts", strings.Join(lines, "\n")
}

func (words) Body(_ string, i alerting.Incident) string { return line(i) }

func line(i alerting.Incident) string {
	if i.EndedAt != nil {
		return string(i.Kind) + "/" + i.Subject + " ended"
	}
	return string(i.Kind) + "/" + i.Subject + " began"
}

// sent returns the lines of the e-mails.
func sent(t *testing.T, s *models.Store) []string {
	t.Helper()
	return messages(t, s)[notices.Mail]
}

// messages claims and deletes all messages, and returns their lines in the order in which
// they are sent.
func messages(t *testing.T, s *models.Store) map[notices.Channel][]string {
	t.Helper()
	lines := map[notices.Channel][]string{}
	for {
		due, err := s.DueNotices(t.Context(), []notices.Channel{notices.Mail, alerting.Webhook}, 100, time.Minute)
		require.NoError(t, err)
		if len(due) == 0 {
			return lines
		}
		for _, n := range due {
			require.NoError(t, s.DeleteNotice(t.Context(), n.ID))
			_, _, text := n.MailContent()
			if n.Channel == alerting.Webhook {
				text = n.Content[alerting.BodyOf]
			}
			lines[n.Channel] = append(lines[n.Channel], strings.Split(text, "\n")...)
		}
	}
}

func sendTo(t *testing.T, s *models.Store, actor audit.Actor, change func(*alerting.Settings)) {
	t.Helper()
	_, err := s.ChangeAlertSettings(t.Context(), actor, func(to *alerting.Settings) error {
		to.Emails, to.WebhookURL = []string{"owner@example.com"}, "https://hooks.example.com"
		to.Credentials = map[string]string{alerting.SigningSecret: "whsec_example"}
		if change != nil {
			change(to)
		}
		return nil
	})
	require.NoError(t, err)
}

func some(actor audit.Actor, ids ...string) (all []alerts.Condition) {
	for _, id := range ids {
		all = append(all, alerts.Condition{Subject: alerts.Subject{AccountID: actor.AccountID, Kind: alerts.BreakerOpen, ID: id}, Name: id, Since: modeltest.Start})
	}
	return all
}

var errKilled = errors.New("killed")

// TestAlertsBeginAndEndByTurns plays conditions that come and go, seen by two processes at
// once that are sometimes killed in the middle.
func TestAlertsBeginAndEndByTurns(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		stores := modeltest.OpenTwice(t, dsn, clock)
		actor := modeltest.Actor(t, stores[0])
		sendTo(t, stores[0], actor, nil)
		random := rand.New(rand.NewPCG(1, 2))
		lines := map[notices.Channel][]string{}
		collect := func() {
			for channel, some := range messages(t, stores[0]) {
				lines[channel] = append(lines[channel], some...)
			}
		}
		for range 40 {
			var present []alerts.Condition
			for n := range 3 {
				if random.IntN(2) == 0 {
					present = append(present, some(actor, fmt.Sprint("int_", n))...)
				}
			}
			killed := random.IntN(3) == 0
			var processes sync.WaitGroup
			for _, s := range stores {
				processes.Go(func() {
					_, err := s.Observe(t.Context(), present, words{}, func() error {
						if killed {
							return errKilled
						}
						return nil
					})
					// Two processes that write to one SQLite file may find it locked.
					require.True(t, err == nil || errors.Is(err, errKilled) || fault.CodeOf(err) == fault.Unavailable, err)
				})
			}
			processes.Wait()
			clock.Advance(time.Minute)
			if random.IntN(4) == 0 {
				collect()
			}
		}
		_, err := stores[1].Observe(t.Context(), nil, words{}, func() error { return nil })
		require.NoError(t, err)
		collect()
		for _, channel := range []notices.Channel{notices.Mail, alerting.Webhook} {
			requireTurns(t, lines[channel])
		}
		open, _, err := stores[0].Alerts(t.Context(), actor.AccountID, alerting.Filter{Open: true}, models.Page{})
		require.NoError(t, err)
		require.Empty(t, open)
	})
}

// requireTurns requires that the messages of each subject begin and end by turns, and that
// each has ended.
func requireTurns(t *testing.T, lines []string) {
	t.Helper()
	require.NotEmpty(t, lines)
	open := map[string]bool{}
	for _, l := range lines {
		subject, what, _ := strings.Cut(l, " ")
		require.Equal(t, what == "ended", open[subject], lines)
		open[subject] = what == "began"
	}
	for subject := range open {
		require.False(t, open[subject], subject)
	}
}

func TestMutedAlertsAreNotSentButTheirEndsAre(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		actor := modeltest.Actor(t, s)
		sendTo(t, s, actor, nil)
		observe := func(ids ...string) {
			clock.Advance(time.Minute)
			mine, err := s.Observe(t.Context(), some(actor, ids...), words{}, func() error { return nil })
			require.NoError(t, err)
			require.True(t, mine)
		}
		observe("int_1", "int_2")
		require.Equal(t, []string{"breaker_open/int_1 began", "breaker_open/int_2 began"}, sent(t, s))
		open, _, err := s.Alerts(t.Context(), actor.AccountID, alerting.Filter{Open: true}, models.Page{})
		require.NoError(t, err)
		require.Len(t, open, 2)
		until := clock.Now().Add(time.Hour)
		_, err = s.MuteAlert(t.Context(), actor, open[1].ID, &until)
		require.NoError(t, err)
		observe()
		require.Len(t, sent(t, s), 2, "both beginnings were sent, so both ends are")
		observe("int_1", "int_2")
		require.Equal(t, []string{"breaker_open/int_2 began"}, sent(t, s), "int_1 is muted")
		observe()
		require.Equal(t, []string{"breaker_open/int_2 ended"}, sent(t, s))
		clock.Advance(time.Hour)
		observe("int_1")
		require.Equal(t, []string{"breaker_open/int_1 began"}, sent(t, s))
		sendTo(t, s, actor, func(to *alerting.Settings) { to.MutedKinds = []alerts.Kind{alerts.BreakerOpen} })
		observe("int_1", "int_3")
		require.Empty(t, sent(t, s))
		_, err = s.MuteAlert(t.Context(), modeltest.Actor(t, s), open[1].ID, &until)
		require.ErrorContains(t, err, "no_such_alert", "another account's alert is unknown (G9)")
	})
}

func TestMutedAlertStaysMutedForLongerThanEndedOnesAreKept(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		actor := modeltest.Actor(t, s)
		sendTo(t, s, actor, nil)
		observe := func(ids ...string) {
			_, err := s.Observe(t.Context(), some(actor, ids...), words{}, func() error { return nil })
			require.NoError(t, err)
		}
		kept := func() int {
			all, _, err := s.Alerts(t.Context(), actor.AccountID, alerting.Filter{}, models.Page{})
			require.NoError(t, err)
			return len(all)
		}
		observe("int_1", "int_2")
		open, _, err := s.Alerts(t.Context(), actor.AccountID, alerting.Filter{Open: true}, models.Page{})
		require.NoError(t, err)
		until := clock.Now().AddDate(0, 0, 200)
		_, err = s.MuteAlert(t.Context(), actor, open[1].ID, &until)
		require.NoError(t, err)
		observe()
		require.Len(t, sent(t, s), 4)
		clock.Advance(91 * 24 * time.Hour)
		observe()
		require.Equal(t, 1, kept(), "int_1 is muted")
		observe("int_1")
		require.Empty(t, sent(t, s))
		observe()
		clock.Advance(110 * 24 * time.Hour)
		observe()
		require.Zero(t, kept())
	})
}

func TestG8_AlertSettingsHoldNoSecretInTheAuditTrail(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		actor := modeltest.Actor(t, s)
		sendTo(t, s, actor, nil)
		stored, err := s.AlertSettings(t.Context(), actor.AccountID)
		require.NoError(t, err)
		require.Equal(t, "whsec_example", stored.Credentials[alerting.SigningSecret])
		entries, _, err := s.Audit(t.Context(), actor.AccountID, audit.Filter{Entity: "alerts"}, models.Page{})
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.NotContains(t, fmt.Sprint(entries[0].Changes), "whsec_example")
		require.Contains(t, entries[0].Changes, "credentials.signing_secret")
	})
}

func TestUnreadableSecretOfTheWebhookStaysUntilAnotherIsSet(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		before := modeltest.Open(t, dsn, clockwork.NewRealClock())
		actor := modeltest.Actor(t, before)
		sendTo(t, before, actor, nil)
		keys, err := secrets.Generate()
		require.NoError(t, err)
		s := modeltest.OpenWith(t, dsn, clockwork.NewRealClock(), keys)
		changed, err := s.ChangeAlertSettings(t.Context(), actor, func(to *alerting.Settings) error {
			to.Emails = []string{"other@example.com"}
			return nil
		})
		require.NoError(t, err)
		require.True(t, changed.Unreadable)
		kept, err := before.AlertSettings(t.Context(), actor.AccountID)
		require.NoError(t, err)
		require.Equal(t, []string{"other@example.com"}, kept.Emails)
		require.Equal(t, "whsec_example", kept.Credentials[alerting.SigningSecret], "it is there when the key comes back")

		changed, err = s.ChangeAlertSettings(t.Context(), actor, func(to *alerting.Settings) error {
			to.Credentials = map[string]string{alerting.SigningSecret: "whsec_other"}
			return nil
		})
		require.NoError(t, err)
		require.False(t, changed.Unreadable)
		read, err := s.AlertSettings(t.Context(), actor.AccountID)
		require.NoError(t, err)
		require.Equal(t, "whsec_other", read.Credentials[alerting.SigningSecret])
	})
}

// kinds returns the kinds that are detected now, with what they are about.
func kinds(t *testing.T, s *models.Store) (all []string) {
	t.Helper()
	present, err := s.Detect(t.Context())
	require.NoError(t, err)
	for _, c := range present {
		all = append(all, string(c.Kind)+" "+c.Name)
	}
	return all
}

func TestConditionsAreFound(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		actor := modeltest.ActorOf(site)
		i := modeltest.Integration(t, s, site, func(i *integrations.Integration) { i.Name = "Receiver" })
		require.Empty(t, kinds(t, s))

		failing := func(code delivery.ReasonCode) {
			_, err := s.UpdateBreaker(t.Context(), i.ID, func(b *integrations.Breaker) {
				b.State, b.Reason = delivery.BreakerOpen, delivery.Reason{Code: code}
			})
			require.NoError(t, err)
		}
		failing(delivery.ReasonKeepsFailing)
		clock.Advance(29 * time.Minute)
		failing(delivery.ReasonKeepsFailing)
		require.Empty(t, kinds(t, s), "open for less than 30 minutes")
		clock.Advance(time.Minute)
		require.Equal(t, []string{"breaker_open Receiver"}, kinds(t, s))
		failing(delivery.ReasonNotLetIn)
		require.Equal(t, []string{"sign_in_needed Receiver"}, kinds(t, s))
		b, err := s.Breaker(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, modeltest.Start, *b.OpenSince, "probes do not move it")
		_, err = s.UpdateBreaker(t.Context(), i.ID, func(b *integrations.Breaker) { b.Breaker = delivery.Breaker{State: delivery.BreakerClosed} })
		require.NoError(t, err)
		require.Empty(t, kinds(t, s))

		d := modeltest.Delivery(t, s, site, i)
		require.NoError(t, s.Exec(t.Context(), "UPDATE deliveries SET state = 'failed', finished_at = ? WHERE id = ?", clock.Now(), d.ID))
		require.Equal(t, []string{"deliveries_failed Receiver"}, kinds(t, s))
		clock.Advance(61 * time.Minute)
		require.Empty(t, kinds(t, s))

		require.NoError(t, s.Exec(t.Context(), `INSERT INTO pools (id, site_id, name, enabled, position, default_number, hold_minutes, ran_dry, ran_dry_at, created_at, updated_at)
			VALUES ('pool_1', ?, 'Web', ?, 0, '', 30, 1, ?, ?, ?)`, site.ID, true, clock.Now(), clock.Now(), clock.Now()))
		require.Equal(t, []string{"pool_exhausted Web"}, kinds(t, s))
		clock.Advance(61 * time.Minute)

		require.NoError(t, s.Exec(t.Context(), "UPDATE integrations SET credentials = ? WHERE id = ?", []byte("sealed by a lost key"), i.ID))
		require.Equal(t, []string{"credentials_unreadable Receiver"}, kinds(t, s))
		require.NoError(t, s.Exec(t.Context(), "UPDATE integrations SET credentials = NULL"))
		_, err = s.PutSource(t.Context(), actor, site.ID, "calltouch", func(m *websites.Source) error {
			m.Enabled = true
			return nil
		})
		require.NoError(t, err)
		require.NoError(t, s.Exec(t.Context(), "UPDATE site_sources SET credentials = ?", []byte("sealed by a lost key")))
		require.Equal(t, []string{"credentials_unreadable calltouch"}, kinds(t, s))
		require.NoError(t, s.Exec(t.Context(), "DELETE FROM site_sources"))

		require.NoError(t, s.SetLimits(t.Context(), actor, actor.AccountID, func(own quotas.Limits) error {
			own[quotas.SendsPerDay], own[quotas.IntegrationsPerSite] = 10, 2
			return nil
		}))
		require.Empty(t, kinds(t, s), "half of the integrations")
		for range 8 {
			_, err := s.ReserveSends(t.Context(), actor.AccountID, true)
			require.NoError(t, err)
		}
		require.Equal(t, []string{"quota_near sends_per_day"}, kinds(t, s))
		clock.Advance(24 * time.Hour)
		require.Empty(t, kinds(t, s), "the next day")
	})
}

// TestM9_ASilentSourceIsAnAlertUntilItsNextMessage has a source of which a message came each
// hour for ten days.
func TestM9_ASilentSourceIsAnAlertUntilItsNextMessage(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		actor := modeltest.ActorOf(site)
		sendTo(t, s, actor, nil)
		_, err := s.PutSource(t.Context(), actor, site.ID, "calltouch", func(m *websites.Source) error {
			m.Enabled = true
			return nil
		})
		require.NoError(t, err)
		last := modeltest.Start.AddDate(0, 0, 10)
		for at := modeltest.Start; !at.After(last); at = at.Add(time.Hour) {
			require.NoError(t, s.NoteMessage(t.Context(), site.ID, "calltouch", at))
		}
		watch := func(at time.Time) []string {
			clock.Advance(at.Sub(clock.Now()))
			mine, err := s.WatchAlerts(t.Context(), words{})
			require.NoError(t, err)
			require.True(t, mine)
			return sent(t, s)
		}
		require.Empty(t, watch(last.Add(time.Hour)), "not longer than usual")
		require.Equal(t, []string{"source_silent/calltouch began"}, watch(last.Add(5*time.Hour)))
		require.Empty(t, watch(last.Add(6*time.Hour)), "once")
		open, _, err := s.Alerts(t.Context(), actor.AccountID, alerting.Filter{Open: true}, models.Page{})
		require.NoError(t, err)
		require.Len(t, open, 1)
		require.Equal(t, site.ID, open[0].SiteID)
		require.WithinDuration(t, last, open[0].Since, 0, "since the last message")
		require.NoError(t, s.NoteMessage(t.Context(), site.ID, "calltouch", clock.Now()))
		require.Equal(t, []string{"source_silent/calltouch ended"}, watch(last.Add(6*time.Hour+time.Minute)))
	})
}
