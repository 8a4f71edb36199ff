package accept

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"time"
	_ "time/tzdata" // time zones must be known where the system has none, as in a bare container

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/limits"
	"ringback/internal/names"
	"ringback/internal/settings"
	"ringback/internal/texts"
	"ringback/internal/unread"
	"ringback/models"
	"ringback/models/received"
	"ringback/models/websites"
	"ringback/reports"
	"ringback/sources"
	"ringback/sources/listing"
)

// MessageStore keeps what could not be read, the last message of a source, and when it
// came.
type MessageStore interface {
	NoteMessage(ctx context.Context, siteID, source string, at time.Time) error
	KeepLast(ctx context.Context, message received.LastMessage) error
	StoreUnread(ctx context.Context, message *received.UnreadMessage) (bool, error)
}

// Message is what a provider said about calls and leads of a site, after it was
// verified.
type Message struct {
	Site     websites.Site
	Source   sources.Source
	Settings sources.Settings
	Request  sources.Request
}

// Outcome is what became of a message. Providers show it in their logs.
type Outcome struct {
	Accepted int              `json:"accepted"` // how many reports are stored
	LeftOut  sources.Omission `json:"left_out,omitempty"`
	// NotReplaced are the names of the fields that hold a macro, such as {campaign_id}, and
	// so count as empty.
	NotReplaced []string       `json:"not_replaced,omitempty"`
	Unread      *unread.Defect `json:"unread,omitempty"` // why it cannot be read, nil if it could
	New         int            `json:"-"`                // how many of the stored reports were not stored before
}

// LargestKept is how many bytes are kept of a message that was read, as what it reports
// is stored apart, and of one that is too large to be read.
const LargestKept = 1 << 20

// Messages reads the messages of providers and stores what they report.
type Messages struct {
	store    MessageStore
	acceptor *Acceptor
	logger   *slog.Logger
}

// NewMessages returns a Messages.
func NewMessages(store MessageStore, acceptor *Acceptor, logger *slog.Logger) *Messages {
	return &Messages{store: store, acceptor: acceptor, logger: logger}
}

// Take reads a message and stores what it reports. The reason why the message cannot
// be read is part of the outcome. An error means that it should be taken again; what
// was stored of it by then is recognised as a duplicate.
func (m *Messages) Take(ctx context.Context, in Message) (Outcome, error) {
	reading, reason := m.Read(ctx, in)
	if reason != nil {
		return Outcome{Unread: reason}, nil
	}
	return m.Store(ctx, in, reading)
}

// Store stores what was read of a message, or a part of it, as Take does.
func (m *Messages) Store(ctx context.Context, in Message, reading sources.Reading) (Outcome, error) {
	outcome := Outcome{LeftOut: reading.LeftOut, NotReplaced: reading.NotReplaced}
	for _, report := range reading.Reports {
		accepted, err := m.storeReport(ctx, in, report)
		if reason := refusal(err); reason != nil {
			return Outcome{Unread: reason}, nil
		}
		if err != nil {
			return Outcome{}, err
		}
		outcome.Accepted++
		if !accepted.Duplicate && !accepted.Ignored {
			outcome.New++
		}
	}
	return outcome, nil
}

// byteOrderMark is what some programs on Windows write before UTF-8.
var byteOrderMark = []byte("\uFEFF")

// Read reads a message. It returns the reason if it cannot. A panic of the code that
// reads the message is a reason too: the message can be read once that code is mended.
func (m *Messages) Read(ctx context.Context, in Message) (reading sources.Reading, reason *unread.Defect) {
	defer func() {
		if cause := recover(); cause != nil {
			m.logger.LogAttrs(ctx, slog.LevelError, "hook.reader_panicked",
				slog.String("source", in.Source.Describe().Name), slog.String("panic", fmt.Sprintf("%T", cause)))
			reading, reason = sources.Reading{}, &unread.Defect{Code: unread.Failed}
		}
	}()
	in.Request.Body = bytes.TrimPrefix(in.Request.Body, byteOrderMark)
	reading, err := in.Source.Parse(in.Request, in.Settings)
	if err != nil {
		var known *unread.Error
		if errors.As(err, &known) {
			return sources.Reading{}, &known.Reason
		}
		return sources.Reading{}, &unread.Defect{Code: unread.Failed}
	}
	for i, report := range reading.Reports {
		switch {
		case (report.Event == nil) == (report.Lead == nil):
			return sources.Reading{}, &unread.Defect{Code: unread.Failed}
		case !limits.IsExternalID(report.ExternalID):
			return sources.Reading{}, &unread.Defect{Code: unread.BadID}
		}
		reading.Reports[i] = report.Clean()
	}
	reading.NotReplaced = sources.NotReplaced(in.Request)
	return reading, nil
}

// refusal returns the reason if the store will never take a report, nil if there is
// no error or another attempt may succeed.
func refusal(err error) *unread.Defect {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, models.ErrTooManyEvents):
		return &unread.Defect{Code: unread.TooManyEvents}
	case fault.CodeOf(err) == fault.Invalid:
		return &unread.Defect{Code: unread.NotStorable}
	default:
		return nil
	}
}

// storeReport stores one report of a message. The ids of leads get the source as a prefix,
// as the leads of all sources share one space of ids.
func (m *Messages) storeReport(ctx context.Context, in Message, r sources.Report) (models.Accepted, error) {
	source, raw, reporter := in.Source.Describe().Name, rawOf(in), reporterOf(in)
	if r.Kind == conversion.KindLead {
		return m.acceptor.AcceptLead(ctx, models.NewLead{
			SiteID: in.Site.ID, Source: source, ExternalID: source + ":" + r.ExternalID, Lead: *r.Lead, Raw: raw, Reporter: reporter,
		})
	}
	return m.acceptor.AcceptCallEvent(ctx, models.CallEvent{
		SiteID: in.Site.ID, Source: source, ExternalID: r.ExternalID, Event: *r.Event, Raw: raw, Reporter: reporter, OnlyIfKnown: r.OnlyIfKnown,
	})
}

// reporterOf returns the reporter of what is in a message: the source, by its message or by
// its list of calls.
func reporterOf(in Message) conversion.Reporter {
	description := in.Source.Describe()
	reporter := conversion.Reporter{Kind: conversion.ByWebhook, ID: description.Name, Name: description.Title}
	if listing.Lists(in.Request) {
		reporter.Kind = conversion.ByList
	}
	return reporter
}

// rawOf returns what is kept of a message that was read: its body, or the query of one
// that has no body.
func rawOf(in Message) []byte {
	raw := in.Request.Body
	if len(raw) == 0 {
		raw = []byte(queryOf(in))
	}
	return raw[:min(len(raw), LargestKept)]
}

// Note stores that the source has sent a message. An error is logged alone: the message
// itself counts more.
func (m *Messages) Note(ctx context.Context, in Message) {
	source := in.Source.Describe().Name
	if err := m.store.NoteMessage(ctx, in.Site.ID, source, in.Request.ReceivedAt); err != nil {
		m.logger.LogAttrs(ctx, slog.LevelWarn, "hook.not_noted", slog.String("site_id", in.Site.ID), slog.String("source", source), slog.Any("error", err))
	}
}

// KeepLast stores the message if its owner writes the mapping of the source, so that it
// can be written from it. One that is larger than what is kept is left out.
func (m *Messages) KeepLast(ctx context.Context, in Message) error {
	if _, is := in.Source.(sources.Mappable); !is || len(in.Request.Body) > LargestKept {
		return nil
	}
	r := in.Request
	return m.store.KeepLast(ctx, received.LastMessage{
		SiteID: in.Site.ID, Source: in.Source.Describe().Name, Method: r.Method, Query: queryOf(in), ContentType: contentTypeOf(r),
		Body: r.Body, ReceivedAt: r.ReceivedAt,
	})
}

// Keep stores a message that cannot be read as it came, without the secrets in its
// address.
func (m *Messages) Keep(ctx context.Context, in Message, why unread.Defect) error {
	r, source := in.Request, in.Source.Describe().Name
	isNew, err := m.store.StoreUnread(ctx, &received.UnreadMessage{
		SiteID: in.Site.ID, Source: source, Method: r.Method, Query: queryOf(in),
		ContentType: contentTypeOf(r), Body: r.Body,
		Reason: why, ReceivedAt: r.ReceivedAt,
	})
	if err != nil || !isNew {
		return err
	}
	m.logger.LogAttrs(ctx, slog.LevelWarn, "hook.unread", slog.String("site_id", in.Site.ID), slog.String("source", source),
		slog.String("reason", string(why.Code)), slog.String("field", why.Field))
	return nil
}

func contentTypeOf(r sources.Request) string {
	return texts.First(texts.Clean(r.Header.Get("Content-Type")), maxContentType)
}

// maxContentType is the most characters of a content type that are kept.
const maxContentType = 200

// queryOf returns the query of a message's address as it is kept, without secrets. A
// source that is mapped names its secrets, because any other parameter may be a part of
// the message.
func queryOf(in Message) string {
	mappable, is := in.Source.(sources.Mappable)
	if !is {
		return withoutCredentials(withoutSecrets(in.Request.URL), in.Settings)
	}
	query := in.Request.URL.Query()
	for _, name := range mappable.AddressSecrets(in.Settings) {
		query.Del(name)
	}
	return withoutCredentials(query, in.Settings)
}

// withoutCredentials returns a query without the parameters that hold one of the source's
// secrets, whatever their names are.
func withoutCredentials(query url.Values, set sources.Settings) string {
	for name, values := range query {
		for _, credential := range set.Credentials {
			if slices.ContainsFunc(values, func(value string) bool { return sources.IsAny(sources.Secrets(credential), value) }) {
				query.Del(name)
			}
		}
	}
	return texts.Clean(query.Encode())
}

// withoutSecrets returns the query of an address without the parameters that are
// secrets by their names. They are checked when the message comes, and not again.
// The session of a visitor is no secret here.
func withoutSecrets(u *url.URL) url.Values {
	query := u.Query()
	for name := range query {
		words := names.Words(name)
		if names.Secret(name) && !slices.Contains(words, "session") && !slices.Contains(words, "sid") {
			query.Del(name)
		}
	}
	return query
}

// SettingsOf returns the settings of a site's source as the source takes them.
func SettingsOf(m websites.Source, site websites.Site) sources.Settings {
	return sources.Settings{
		Values: settings.Values{Options: m.Options, Credentials: m.Credentials},
		Region: site.Region, TimeZone: reports.Zone(site.TimeZone),
	}
}
