package models_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/secrets"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

// Times in other zones and with nanoseconds compare as the instants they are.
func TestTimesCompareInBothDatabases(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		tokyo, chicago := time.FixedZone("", 9*3600), time.FixedZone("", -6*3600)
		base := modeltest.Start
		for name, at := range map[string]time.Time{
			"1": base.In(tokyo), "2": base.Add(time.Second).In(chicago),
			"3": base.Add(1500 * time.Millisecond).In(tokyo), "4": base.Add(2*time.Second + 999*time.Nanosecond),
		} {
			in := modeltest.Lead(site, name)
			in.Lead.At = at
			_, err := s.AcceptLead(t.Context(), in)
			require.NoError(t, err)
		}
		for _, c := range []struct {
			from, to time.Time
			want     int
		}{
			{base, base.Add(time.Hour), 4},
			{base.In(chicago), base.Add(time.Second).In(tokyo), 1},
			{base.Add(time.Second), base.Add(2 * time.Second), 2},
			{base.Add(time.Second + time.Millisecond).In(tokyo), base.Add(2*time.Second + time.Microsecond), 2},
		} {
			found, _, err := s.Conversions(t.Context(),
				models.ConversionFilter{AccountID: site.AccountID, From: &c.from, To: &c.to}, models.Page{})
			require.NoError(t, err)
			require.Len(t, found, c.want)
			for _, f := range found {
				require.Equal(t, time.UTC, f.At.Location())
				require.Equal(t, f.At.Truncate(time.Microsecond), f.At)
			}
		}
		require.Equal(t, clock.Now(), detail(t, s, site, firstID(t, s, site)).Conversion.CreatedAt)
	})
}

func firstID(t *testing.T, s *models.Store, site websites.Site) string {
	t.Helper()
	found, _, err := s.Conversions(t.Context(), models.ConversionFilter{AccountID: site.AccountID}, models.Page{})
	require.NoError(t, err)
	require.NotEmpty(t, found)
	return found[0].ID
}

func TestG1_UnreachableDatabaseIsUnavailable(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())

	s := modeltest.Open(t, "postgres://ringback@"+address+"/ringback?sslmode=disable", clockwork.NewRealClock())
	_, err = s.AcceptLead(t.Context(), models.NewLead{Lead: conversion.Lead{At: modeltest.Start}})
	requireCode(t, fault.Unavailable, err)
	var unavailable *fault.Error
	require.ErrorAs(t, err, &unavailable)
	require.Equal(t, 5*time.Second, unavailable.RetryAfter)
	requireCode(t, fault.Unavailable, s.Ping(t.Context()))
	requireCode(t, fault.Unavailable, s.CheckSchema(t.Context()))
}

// A cancelled request does not mean that the database is unavailable.
func TestCanceledIsNotUnavailable(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := s.DefaultAccount(ctx)
		requireCode(t, fault.Internal, err)
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestG8_LogsHoldNoParameters(t *testing.T) {
	t.Parallel()
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		var log bytes.Buffer
		keys, err := secrets.Generate()
		require.NoError(t, err)
		box, err := secrets.New(keys)
		require.NoError(t, err)
		s, err := models.Open(t.Context(), models.Options{
			DSN: dsn, Box: box, Clock: clockwork.NewRealClock(), Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		require.NoError(t, err)
		defer func() { require.NoError(t, s.Close()) }()
		in := models.NewLead{SiteID: "site_example", Lead: conversion.Lead{Phone: modeltest.Caller, Email: "person@example.com"}}
		_, err = s.AcceptLead(t.Context(), in) // no schema: it fails and is logged
		require.Error(t, err)
		require.Contains(t, log.String(), "conversions")
		require.NotContains(t, log.String()+err.Error(), modeltest.Caller)
		require.NotContains(t, log.String()+err.Error(), "person@example.com")
	})
}

func TestSQLiteInMemory(t *testing.T) {
	t.Parallel()
	s := modeltest.Open(t, "sqlite::memory:", clockwork.NewRealClock())
	_, err := models.Migrate(t.Context(), s)
	require.NoError(t, err)
	site := modeltest.Site(t, s)
	delivery := modeltest.Delivery(t, s, site, modeltest.Integration(t, s, site))
	require.Equal(t, deliveries.Pending, delivery.State)
}

// Concurrent writers and readers never get SQLITE_BUSY.
func TestManyWritersAndReadersAtOnce(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		atOnce(t, together, func(i int) error {
			in := modeltest.Lead(site, string(rune('a'+i)))
			if _, err := s.AcceptLead(t.Context(), in); err != nil {
				return err
			}
			_, _, err := s.Conversions(t.Context(), models.ConversionFilter{AccountID: site.AccountID}, models.Page{})
			return err
		})
	})
}

func TestTextWithAZeroCharacterIsInvalidOnBothDatabases(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		for name, change := range map[string]func(*models.NewLead){
			"a text":      func(in *models.NewLead) { in.Lead.Form = "form\x00" },
			"a value":     func(in *models.NewLead) { in.Lead.Fields = map[string]string{"field": "\x00"} },
			"a name":      func(in *models.NewLead) { in.Lead.Fields = map[string]string{"\x00": "value"} },
			"external id": func(in *models.NewLead) { in.ExternalID = "lead\x00" },
		} {
			in := modeltest.Lead(site, "lead-1")
			change(&in)
			_, err := s.AcceptLead(t.Context(), in)
			require.Equal(t, fault.Invalid, fault.CodeOf(err), name)
		}
		_, err := s.AcceptCallEvent(t.Context(), modeltest.CallEvent(site, "call-1", conversion.CallEvent{
			ID: "e1", Type: conversion.EventTagged, At: modeltest.Start, Tags: []string{"sales\x00"},
		}))
		requireCode(t, fault.Invalid, err)

		in := modeltest.Lead(site, "lead-1")
		in.Lead.Form, in.Raw = `a form about \u0000`, []byte("\x00")
		_, err = s.AcceptLead(t.Context(), in)
		require.NoError(t, err)
	})
}

func TestSettingsWithAZeroCharacterAreInvalid(t *testing.T) {
	t.Parallel()
	s := modeltest.Open(t, modeltest.PostgresDSN(t), clockwork.NewRealClock())
	_, err := models.Migrate(t.Context(), s)
	require.NoError(t, err)
	requireCode(t, fault.Invalid, s.CreateSite(t.Context(), modeltest.Actor(t, s), &websites.Site{Name: "\x00"}))
}

// dev opens the same files with another driver: run these tests there too, by
// "go test ringback/models" in dev.
func TestSQLiteKeepsTimesAsOneText(t *testing.T) {
	t.Parallel()
	dsn := modeltest.SQLiteDSN(t)
	s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start.Add(1500*time.Microsecond)))
	_, err := models.Migrate(t.Context(), s)
	require.NoError(t, err)
	account, err := s.CreateAccount(t.Context(), modeltest.Actor(t, s), "Sample")
	require.NoError(t, err)
	var text string
	row := modeltest.SQL(t, dsn).QueryRowContext(t.Context(), "SELECT created_at || '' FROM accounts WHERE id = '"+account.ID+"'")
	require.NoError(t, row.Scan(&text))
	require.Equal(t, modeltest.Start.Format("2006-01-02 15:04:05")+".0015+00:00", text)
}
