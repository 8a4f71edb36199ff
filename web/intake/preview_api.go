package intake

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ringback/internal/accept"
	"ringback/internal/fault"
	"ringback/internal/instant"
	"ringback/internal/unread"
	"ringback/models/received"
	"ringback/models/websites"
	"ringback/sources"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

// receivedStore holds what is kept of messages beside what they report.
type receivedStore interface {
	KeepLast(ctx context.Context, message received.LastMessage) error
	Last(ctx context.Context, siteID, source string) (*received.LastMessage, error)
	Unread(ctx context.Context, siteID, source string) (received.Usage, error)
}

// previewLimit is the size of the body of a preview, in bytes.
const previewLimit = 1 << 20

func (h *Handler) previewRoutes(g openapi.Group) {
	openapi.Add(g, openapi.Operation{
		ID: "read-source-messages", Route: "GET /sites/{site}/sources/{source}/messages", Access: auth.Viewer, Summary: "See what came from a source",
		Description: "The last message of a source with a mapping, as it came, and how many unread messages the source has.",
	}, h.readSourceMessages)
	openapi.Add(g, openapi.Operation{
		ID: "preview-source", Route: "POST /sites/{site}/sources/{source}/preview", Access: auth.Editor, Summary: "Preview a mapping", BodyLimit: previewLimit,
		Description: "Reads a message with options that are not stored, and stores nothing. The answer has what would be reported, what was found for each field of the mapping, and which values the message has. The same options can then be set with PUT.",
		Examples:    previewExamples, Failures: []int{http.StatusConflict},
	}, h.previewSource)
}

var previewExamples = map[string]string{
	"a message": `{"options": {"mapping": "{\"fields\": {\"kind\": {\"constant\": \"end\"}, \"id\": {\"from\": [\"$.call_id\"]}}}"},
		"message": {"body": "{\"call_id\": 7}"}}`,
}

// OfSource are the parameters of everything about one source of a site.
type OfSource struct {
	sites.InSite
	Source string `path:"source" doc:"The name of a source that the site has set up." example:"mapped"`
}

type messageView struct {
	ReceivedAt  time.Time `json:"received_at"`
	Method      string    `json:"method" example:"POST"`
	Query       string    `json:"query,omitempty" doc:"The query of the address, without secrets."`
	ContentType string    `json:"content_type,omitempty" example:"application/json"`
	Body        string    `json:"body" doc:"Bytes that are no text are replaced."`
}

type sourceMessagesView struct {
	LastMessage *messageView `json:"last_message" doc:"Null if none came, or if the source has no mapping."`
	Unread      usageView    `json:"unread"`
}

type usageView struct {
	Messages     int64          `json:"messages" doc:"How many unread messages are kept of the source."`
	Bytes        int64          `json:"bytes" doc:"How many bytes they have together."`
	MostMessages int64          `json:"most_messages" doc:"How many are kept at most." example:"10000"`
	MostBytes    int64          `json:"most_bytes" doc:"How many bytes they may have at most." example:"268435456"`
	Refused      int64          `json:"refused" doc:"How many messages were answered 503 because there was no room for another unread one."`
	RefusedAt    *time.Time     `json:"refused_at,omitempty" doc:"When that last happened."`
	Reason       *unread.Defect `json:"reason,omitempty" doc:"Set while there is no room, as data."`
	Explanation  string         `json:"explanation,omitempty" doc:"What to do about it, as a sentence."`
}

func (h *Handler) readSourceMessages(ctx context.Context, in *struct {
	OfSource
}) (*wire.Answer[sourceMessagesView], error) {
	if _, err := h.store.Source(ctx, reqctx.Account(ctx), in.Site, in.Source); err != nil {
		return nil, err
	}
	last, err := h.store.Last(ctx, in.Site, in.Source)
	if err != nil {
		return nil, err
	}
	used, err := h.store.Unread(ctx, in.Site, in.Source)
	if err != nil {
		return nil, err
	}
	view := sourceMessagesView{Unread: viewUsage(ctx, used)}
	if last != nil {
		view.LastMessage = &messageView{
			ReceivedAt: last.ReceivedAt, Method: last.Method, Query: last.Query, ContentType: last.ContentType,
			Body: strings.ToValidUTF8(string(last.Body), "\uFFFD"),
		}
	}
	return wire.Body(view), nil
}

func viewUsage(ctx context.Context, u received.Usage) usageView {
	view := usageView{
		Messages: u.Messages, Bytes: u.Bytes, MostMessages: u.Bound.Messages, MostBytes: u.Bound.Bytes, Refused: u.Refused, RefusedAt: u.RefusedAt,
	}
	if u.IsFull() {
		view.Reason = &unread.Defect{Code: unread.TooManyUnread}
		view.Explanation = reqctx.Writer(ctx).Unread(*view.Reason)
	}
	return view
}

type previewBody struct {
	Options   map[string]*string `json:"options,omitempty" doc:"Options by name, as PUT takes them. Those that are left out are as they are stored." example:"{\"mapping\": \"{\\\"fields\\\": {}}\"}"`
	Message   *givenMessage      `json:"message,omitempty" doc:"The message to read. Default: the last one that came."`
	MessageID string             `json:"message_id,omitempty" maxLength:"64" doc:"The id of an unread message to read instead."`
}

type givenMessage struct {
	Method      string `json:"method,omitempty" enum:"GET,POST" doc:"Default POST."`
	Query       string `json:"query,omitempty" doc:"The query of the address." example:"call_id=7"`
	ContentType string `json:"content_type,omitempty" maxLength:"200" doc:"Default application/json."`
	Body        string `json:"body,omitempty" example:"{\"call_id\": 7}"`
}

func (h *Handler) previewSource(ctx context.Context, in *struct {
	OfSource
	Body previewBody
}) (*wire.Answer[previewView], error) {
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	stored, err := h.store.Source(ctx, site.AccountID, site.ID, in.Source)
	if err != nil {
		return nil, err
	}
	source, _ := h.sources.Get(in.Source)
	mappable, is := source.(sources.Mappable)
	if !is {
		return nil, fault.New(fault.Conflict, "no_mapping")
	}
	stored.Options = wire.Merge(stored.Options, in.Body.Options)
	settings := accept.SettingsOf(stored, site)
	if wrong := mappable.Validate(settings); len(wrong) > 0 {
		return nil, fault.InvalidFields(wrong...)
	}
	request, err := h.previewed(ctx, site, in.Source, in.Body)
	if err != nil {
		return nil, err
	}
	message := accept.Message{Site: site, Source: mappable, Settings: settings, Request: request}
	view := viewTrial(ctx, mappable.Try(request, settings))
	if reading, reason := h.messages.Read(ctx, message); reason != nil {
		view.explain(ctx, *reason)
	} else {
		view.LeftOut, view.Reports = reading.LeftOut, wire.Views(reading.Reports, viewReport)
	}
	view.ReceivedAt = request.ReceivedAt
	return wire.Body(view), nil
}

// previewed returns the message that a preview is of.
func (h *Handler) previewed(ctx context.Context, site websites.Site, source string, b previewBody) (sources.Request, error) {
	switch {
	case b.Message != nil:
		m := *b.Message
		if m.Method == "" {
			m.Method = http.MethodPost
		}
		if m.ContentType == "" {
			m.ContentType = "application/json"
		}
		return storedRequest(m.Method, m.Query, m.ContentType, []byte(m.Body), instant.Now(h.clock)), nil
	case b.MessageID != "":
		m, err := h.store.UnreadMessage(ctx, site.AccountID, site.ID, b.MessageID)
		if err == nil && m.Source != source {
			err = fault.New(fault.NotFound, "message_of_another_source")
		}
		return storedRequest(m.Method, m.Query, m.ContentType, m.Body, m.ReceivedAt), err
	}
	m, err := h.store.Last(ctx, site.ID, source)
	if err == nil && m == nil {
		err = fault.New(fault.Conflict, "no_message_yet")
	}
	if err != nil {
		return sources.Request{}, err
	}
	return storedRequest(m.Method, m.Query, m.ContentType, m.Body, m.ReceivedAt), nil
}

// storedRequest returns a message that was stored as a source reads it.
func storedRequest(method, query, contentType string, body []byte, receivedAt time.Time) sources.Request {
	return sources.Request{
		Method: method, URL: &url.URL{RawQuery: query}, Header: http.Header{"Content-Type": {contentType}}, Body: body, ReceivedAt: receivedAt,
	}
}
