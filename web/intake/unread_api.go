package intake

import (
	"context"
	"net/http"
	"strings"
	"time"

	"ringback/internal/accept"
	"ringback/internal/fault"
	"ringback/internal/unread"
	"ringback/models/received"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

// unreadOrder places the group after that of the reports.
const unreadOrder = order + 1

// maxReread is how many messages one request reads again.
const maxReread = 200

func (h *Handler) unreadRoutes(a *openapi.API) {
	g := a.Group(openapi.Group{Name: "Unread messages", Order: unreadOrder, Description: "Messages of providers that were verified and could not be read. They are kept as they came and can be read again."})
	openapi.Add(g, openapi.Operation{
		ID: "list-unread-messages", Route: "GET /sites/{site}/unread-messages", Access: auth.Viewer, Summary: "List the unread messages",
		Description: "Messages that a provider sent, that were verified, and that Ringback could not read. Each has the reason. They are kept for as many days as the site keeps visits.",
	}, h.listUnread)
	openapi.Add(g, openapi.Operation{
		ID: "read-unread-message", Route: "GET /sites/{site}/unread-messages/{id}", Access: auth.Viewer, Summary: "Read an unread message", Description: "Includes the message as it came.",
	}, h.showUnread)
	openapi.Add(g, openapi.Operation{
		ID: "delete-unread-message", Route: "DELETE /sites/{site}/unread-messages/{id}", Access: auth.Editor, Summary: "Delete an unread message", Status: http.StatusNoContent,
	}, h.deleteUnread)
	openapi.Add(g, openapi.Operation{
		ID: "reread-message", Route: "POST /sites/{site}/unread-messages/{id}/read", Access: auth.Editor, Summary: "Read a message again",
		Description: "Reads the message with the settings of today, as if it came at the time at which it came. If that succeeds, its calls and leads are stored, and the message is no longer listed. Otherwise the answer has the reason.",
	}, h.reread)
	openapi.Add(g, openapi.Operation{
		ID: "reread-messages", Route: "POST /sites/{site}/unread-messages/read", Access: auth.Editor, Summary: "Read many messages again", Large: true, Examples: rereadExamples,
		Description: "Reads the messages that match again, the oldest first, at most 200 in one request. If there are more, the answer has next_after, to be sent as after.",
	}, h.rereadMany)
	h.previewRoutes(g)
}

var rereadExamples = map[string]string{"of one source": `{"source": "callrail"}`}

type unreadView struct {
	ID          string        `json:"id" example:"msg_01jdq00000000000000000000"`
	Source      string        `json:"source" example:"callrail"`
	ReceivedAt  time.Time     `json:"received_at" doc:"When the message came for the first time."`
	Reason      unread.Defect `json:"reason" doc:"Why it cannot be read, as data."`
	Explanation string        `json:"explanation" doc:"Why it cannot be read, as a sentence."`
	Method      string        `json:"method" example:"POST"`
	Query       string        `json:"query,omitempty" doc:"The query of the address, without secrets." example:"event=post_call"`
	ContentType string        `json:"content_type,omitempty" example:"application/json"`
	Body        *string       `json:"body,omitempty" doc:"The message as it came. Bytes that are no text are replaced. Only in the answer about one message."`
}

func viewUnread(ctx context.Context, m received.UnreadMessage) unreadView {
	return unreadView{
		ID: m.ID, Source: m.Source, ReceivedAt: m.ReceivedAt, Reason: m.Reason, Explanation: reqctx.Writer(ctx).Unread(m.Reason),
		Method: m.Method, Query: m.Query, ContentType: m.ContentType,
	}
}

func (h *Handler) listUnread(ctx context.Context, in *struct {
	sites.InSite
	wire.Paging
	wire.Period
	Source string `query:"source" maxLength:"64" doc:"Only those of this source."`
	Code   string `query:"code" maxLength:"64" doc:"Only those with this code of the reason."`
}) (*wire.Listing[unreadView], error) {
	filter := received.UnreadFilter{AccountID: reqctx.Account(ctx), SiteID: in.Site, Source: in.Source, Code: unread.Code(in.Code)}
	filter.From, filter.To = in.Bounds()
	messages, next, err := h.store.UnreadMessages(ctx, filter, in.Page())
	if err != nil {
		return nil, err
	}
	return wire.List(messages, next, func(m received.UnreadMessage) unreadView { return viewUnread(ctx, m) }), nil
}

// OfUnread are the parameters of everything about one unread message.
type OfUnread struct {
	sites.InSite
	ID string `path:"id" doc:"The message's id." example:"msg_01jdq00000000000000000000"`
}

func (h *Handler) showUnread(ctx context.Context, in *struct {
	OfUnread
}) (*wire.Answer[unreadView], error) {
	message, err := h.store.UnreadMessage(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	view := viewUnread(ctx, message)
	view.Body = new(strings.ToValidUTF8(string(message.Body), "\uFFFD"))
	return wire.Body(view), nil
}

func (h *Handler) deleteUnread(ctx context.Context, in *struct{ OfUnread }) (*wire.NoBody, error) {
	return &wire.NoBody{}, h.store.DeleteUnread(ctx, reqctx.Actor(ctx), in.Site, in.ID)
}

type rereadView struct {
	Read        bool           `json:"read" doc:"True if the message could be read. It is no longer listed then."`
	Accepted    int            `json:"accepted" doc:"How many events of calls and leads it reports."`
	Reason      *unread.Defect `json:"reason,omitempty" doc:"Why it still cannot be read, as data."`
	Explanation string         `json:"explanation,omitempty" doc:"Why it still cannot be read, as a sentence."`
}

func (h *Handler) reread(ctx context.Context, in *struct {
	OfUnread
}) (*wire.Answer[rereadView], error) {
	message, err := h.store.UnreadMessage(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	answer, err := h.readAgain(ctx, message)
	if err != nil {
		return nil, err
	}
	view := rereadView{Read: answer.Unread == nil, Accepted: answer.Accepted, Reason: answer.Unread}
	if answer.Unread != nil {
		view.Explanation = reqctx.Writer(ctx).Unread(*answer.Unread)
	}
	return wire.Body(view), nil
}

type rereadBody struct {
	Source string      `json:"source,omitempty" maxLength:"64" doc:"Only messages of this source." example:"callrail"`
	Code   unread.Code `json:"code,omitempty" maxLength:"64" doc:"Only messages with this code of the reason." example:"time_unreadable"`
	From   *time.Time  `json:"from,omitempty" doc:"Only messages that came at this time or later."`
	To     *time.Time  `json:"to,omitempty" doc:"Only messages that came before this time."`
	After  string      `json:"after,omitempty" maxLength:"64" doc:"The next_after of the previous answer."`
}

type rereadManyView struct {
	Read        int    `json:"read" doc:"How many messages could be read."`
	StillUnread int    `json:"still_unread" doc:"How many messages still cannot be read. Each has its new reason in the list."`
	NextAfter   string `json:"next_after,omitempty" doc:"Send it as after to go on. Missing if there are no more messages."`
}

func (h *Handler) rereadMany(ctx context.Context, in *struct {
	sites.InSite
	Body rereadBody
}) (*wire.Answer[rereadManyView], error) {
	messages, err := h.store.OldestUnread(ctx, received.UnreadFilter{
		AccountID: reqctx.Account(ctx), SiteID: in.Site, Source: in.Body.Source, Code: in.Body.Code, From: in.Body.From, To: in.Body.To,
	}, in.Body.After, maxReread)
	if err != nil {
		return nil, err
	}
	var view rereadManyView
	for _, message := range messages {
		answer, err := h.readAgain(ctx, message)
		switch {
		case err != nil:
			return nil, err
		case answer.Unread != nil:
			view.StillUnread++
		default:
			view.Read++
		}
	}
	if len(messages) == maxReread {
		view.NextAfter = messages[len(messages)-1].ID
	}
	return wire.Body(view), nil
}

// readAgain reads a stored message with the settings of today, as of the time at
// which it came. It was verified then, so it is not verified again. What is stored of
// it twice is recognised as a duplicate. One of which there is only the beginning stays
// unread.
func (h *Handler) readAgain(ctx context.Context, m received.UnreadMessage) (accept.Outcome, error) {
	if m.Code == unread.TooLarge {
		return accept.Outcome{Unread: &m.Reason}, nil
	}
	site, err := h.sites.Site(ctx, m.SiteID)
	if err != nil {
		return accept.Outcome{}, err
	}
	source, ok := h.sources.Get(m.Source)
	if !ok {
		return accept.Outcome{}, fault.New(fault.Conflict, "source_not_known")
	}
	settings, err := h.store.Source(ctx, site.AccountID, site.ID, m.Source)
	if err != nil {
		return accept.Outcome{}, err
	}
	r := storedRequest(m.Method, m.Query, m.ContentType, m.Body, m.ReceivedAt)
	answer, err := h.messages.Take(ctx, accept.Message{Site: site, Source: source, Settings: accept.SettingsOf(settings, site), Request: r})
	switch {
	case err != nil:
		return accept.Outcome{}, err
	case answer.Unread != nil:
		return answer, h.store.StillUnread(ctx, m, *answer.Unread)
	default:
		return answer, h.store.RemoveRead(ctx, m.SiteID, m.ID)
	}
}
