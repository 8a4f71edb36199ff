package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"

	"github.com/jonboulle/clockwork"
	"github.com/labstack/echo/v4"

	"ringback/internal/accept"
	"ringback/internal/fault"
	"ringback/internal/unread"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/received"
	"ringback/models/websites"
	"ringback/sources"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/problem"
	"ringback/web/internal/sites"
	"ringback/web/internal/turns"
	"ringback/web/internal/wire"
)

// The limits of request bodies, in bytes.
const (
	eventLimit = 64 << 10
	leadLimit  = 256 << 10
)

// How many keys of webhooks are looked up at once and may wait, and how many messages of
// one source may wait until others are stored: more than can be within the time that a
// request has, as providers seldom send a message again that was refused. Providers send the messages
// of all their customers from the same few addresses, so no address is limited.
const (
	lookupsAtOnce = 1
	maxLookups    = 1000
	maxMessages   = 1000
)

// order places the group before all others in the document.
const order = 10

// Store finds the site of a webhook, and holds what could not be read.
type Store interface {
	SourceByHookKey(ctx context.Context, key string) (websites.Source, websites.Site, error)
	Source(ctx context.Context, accountID, siteID, source string) (websites.Source, error)
	accept.MessageStore
	receivedStore
	UnreadMessages(ctx context.Context, filter received.UnreadFilter, page models.Page) ([]received.UnreadMessage, string, error)
	OldestUnread(ctx context.Context, filter received.UnreadFilter, after string, limit int) ([]received.UnreadMessage, error)
	UnreadMessage(ctx context.Context, accountID, siteID, id string) (received.UnreadMessage, error)
	RemoveRead(ctx context.Context, siteID, id string) error
	StillUnread(ctx context.Context, message received.UnreadMessage, why unread.Defect) error
	DeleteUnread(ctx context.Context, actor audit.Actor, siteID, id string) error
}

// Metrics counts the messages of providers. The outcome is read, left_out, unread or
// refused.
type Metrics interface {
	Received(source, outcome string)
}

// Options are what a Handler needs.
type Options struct {
	Store     Store
	Acceptor  *accept.Acceptor
	Sites     *sites.Directory
	Sources   *sources.Registry
	Metrics   Metrics
	Clock     clockwork.Clock
	Logger    *slog.Logger
	PublicURL string       // as providers reach this service, without a slash at the end
	AtOnce    int          // messages of providers that are stored at once; all but one of them of one source
	Reports   *turns.Turns // of reports of calls and leads, by their sites
}

// Handler answers reports of calls and leads.
type Handler struct {
	store     Store
	acceptor  *accept.Acceptor
	messages  *accept.Messages
	sites     *sites.Directory
	sources   *sources.Registry
	metrics   Metrics
	clock     clockwork.Clock
	publicURL string
	lookups   *turns.Turns // of keys in the addresses of webhooks
	turns     *turns.Turns // of verified messages, by their sources
	reports   *turns.Turns // of reports of calls and leads, by their sites
}

// New returns a Handler.
func New(o Options) *Handler {
	return &Handler{
		store: o.Store, acceptor: o.Acceptor, messages: accept.NewMessages(o.Store, o.Acceptor, o.Logger), sites: o.Sites, sources: o.Sources, metrics: o.Metrics,
		clock: o.Clock, publicURL: o.PublicURL, lookups: turns.New(lookupsAtOnce, maxLookups), turns: turns.NewShared(o.AtOnce, maxMessages), reports: o.Reports,
	}
}

// repeatable ends the description of every operation that takes a report.
const repeatable = "A 2xx means that the report is stored. After any other answer it is safe to send the report again with the same id, after Retry-After seconds if the answer has that header."

// Mount adds the operations, and the address that providers call. That is not part
// of the API: the unguessable key in the address and the provider's signature stand
// in for a token.
func (h *Handler) Mount(e *echo.Echo, a *openapi.API) {
	g := a.Group(openapi.Group{Name: "Intake", Order: order, Description: "Reports of calls and leads."})
	openapi.Add(g, openapi.Operation{
		ID: "report-call-event", Route: "POST /sites/{site}/calls/{external_id}/events", Access: auth.Intake,
		Summary: "Report a call event", Status: http.StatusAccepted, BodyLimit: eventLimit, Examples: callExamples,
		Description: "Reports one event of a call. The first event with an id creates the call. Events may be repeated, late or out of order: the outcome is the same. " + repeatable,
	}, h.postCallEvent)
	openapi.Add(g, openapi.Operation{
		ID: "report-lead", Route: "POST /sites/{site}/leads", Access: auth.Intake,
		Summary: "Report a lead", Status: http.StatusAccepted, BodyLimit: leadLimit, Examples: leadExamples,
		Description: "Reports the lead of a form. At least one of phone, email, session_id and visitor_ids must be set. " + repeatable,
	}, h.postLead)
	h.unreadRoutes(a)
	e.Match([]string{http.MethodPost, http.MethodGet}, HookPath+":source/:key", h.receiveHook)
}

// Examples are bodies that the operations take as they are. They have no times, so
// that the events happen now.
var (
	callExamples = map[string]string{
		"1 started": `{"event_id": "1", "type": "started", "caller": "+12025550123", "tracking_number": "+12025550100",
			"visitor_ids": {"rtbhouse": "test-visitor"}, "traffic": {"source": "google", "medium": "cpc", "campaign": "spring"}}`,
		"2 tagged": `{"event_id": "2", "type": "tagged", "tags": ["sales"]}`,
		"3 ended":  `{"event_id": "3", "type": "ended", "outcome": "answered", "talk_seconds": 95}`,
	}
	leadExamples = map[string]string{
		"lead": `{"external_id": "lead-1", "email": "visitor@example.com", "form": "contact",
			"page_url": "https://www.example.com/contact", "visitor_ids": {"rtbhouse": "test-visitor"}, "fields": {"topic": "offer"}}`,
	}
)

// acceptedView is the answer to an event or a lead.
type acceptedView struct {
	ConversionID string                 `json:"conversion_id" doc:"Ringback's id of the call or lead." example:"cnv_01jdq00000000000000000000"`
	Duplicate    bool                   `json:"duplicate" doc:"True if the same report was stored before. Nothing has changed."`
	Late         bool                   `json:"late" doc:"True if it came after the decisions were made. It is stored and shown, and changes none of them."`
	LeftOut      []problem.ProblemField `json:"left_out,omitempty" doc:"The fields that could not be read, with what was expected of each. The rest of the report is stored without them."`
}

func viewAccepted(ctx context.Context, a models.Accepted, leftOut []fault.Field) *wire.Answer[acceptedView] {
	return wire.Body(acceptedView{ConversionID: a.ConversionID, Duplicate: a.Duplicate, Late: a.Late, LeftOut: problem.FieldsOf(ctx, leftOut)})
}

// contentID returns an id that the same bytes always have.
func contentID(prefix string, raw []byte) string {
	sum := sha256.Sum256(raw)
	return prefix + hex.EncodeToString(sum[:16])
}
