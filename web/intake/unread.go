package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/names"
	"ringback/internal/texts"
	"ringback/internal/unread"
	"ringback/models"
	"ringback/sources"
)

// read reads a verified message. It returns the reason if it cannot. A panic of the
// code that reads the message is a reason too: the message can be read once that
// code is mended.
func (h *Handler) read(ctx context.Context, source sources.Source, r sources.Request, settings sources.Settings) (reading sources.Reading, reason *unread.Defect) {
	defer func() {
		if cause := recover(); cause != nil {
			h.logger.LogAttrs(ctx, slog.LevelError, "hook.reader_panicked",
				slog.String("source", source.Describe().Name), slog.String("panic", fmt.Sprintf("%T", cause)))
			reading, reason = sources.Reading{}, &unread.Defect{Code: unread.Failed}
		}
	}()
	reading, err := source.Parse(r, settings)
	if err != nil {
		var known *unread.Error
		if errors.As(err, &known) {
			return sources.Reading{}, &known.Reason
		}
		return sources.Reading{}, &unread.Defect{Code: unread.Failed}
	}
	for _, report := range reading.Reports {
		switch {
		case (report.Event == nil) == (report.Lead == nil):
			return sources.Reading{}, &unread.Defect{Code: unread.Failed}
		case !externalID.MatchString(report.ExternalID):
			return sources.Reading{}, &unread.Defect{Code: unread.BadID}
		}
	}
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

// storeReport stores one report of a webhook. The ids of leads get the source as a
// prefix, as the leads of all sources share one space of ids.
func (h *Handler) storeReport(ctx context.Context, site models.Site, source string, r sources.Report, raw []byte) error {
	if r.Kind == conversion.KindLead {
		_, err := h.acceptor.AcceptLead(ctx, models.NewLead{
			SiteID: site.ID, Source: source, ExternalID: source + ":" + r.ExternalID, Lead: *r.Lead, Raw: raw,
		})
		return err
	}
	_, err := h.acceptor.AcceptCallEvent(ctx, models.CallEvent{
		SiteID: site.ID, Source: source, ExternalID: r.ExternalID, Event: *r.Event, Raw: raw, OnlyIfKnown: r.OnlyIfKnown,
	})
	return err
}

// storeUnread stores a message as it came, without the secrets in its address.
func (h *Handler) storeUnread(ctx context.Context, site models.Site, source string, r sources.Request, why unread.Defect) error {
	_, err := h.store.StoreUnread(ctx, &models.UnreadMessage{
		SiteID: site.ID, Source: source, Method: r.Method, Query: withoutSecrets(r.URL),
		ContentType: texts.First(texts.Clean(r.Header.Get("Content-Type")), maxContentType), Body: r.Body,
		Reason: why, ReceivedAt: r.ReceivedAt,
	})
	if err != nil {
		return err
	}
	h.logger.LogAttrs(ctx, slog.LevelWarn, "hook.unread", slog.String("site_id", site.ID), slog.String("source", source),
		slog.String("reason", string(why.Code)), slog.String("field", why.Field))
	return nil
}

// maxContentType is the most characters of a content type that are kept.
const maxContentType = 200

// withoutSecrets returns the query of an address without the parameters that are
// secrets by their names. They are checked when the message comes, and not again.
// The session of a visitor is no secret here.
func withoutSecrets(u *url.URL) string {
	query := u.Query()
	for name := range query {
		words := names.Words(name)
		if names.Secret(name) && !slices.Contains(words, "session") && !slices.Contains(words, "sid") {
			query.Del(name)
		}
	}
	return texts.Clean(query.Encode())
}
