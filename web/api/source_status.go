package api

import (
	"context"
	"net/http"
	"time"

	"ringback/explanation"
	"ringback/internal/accept"
	"ringback/internal/fault"
	"ringback/internal/sourcestatus"
	"ringback/models/reconciliations"
	"ringback/models/websites"
	"ringback/sources/listing"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
	"ringback/workflows"
)

type sourceStatusStore interface {
	Activity(ctx context.Context, siteID, source string) (last *time.Time, hours []time.Time, err error)
	Delays(ctx context.Context, siteID, source string) ([]time.Duration, error)
	Reconciliation(ctx context.Context, accountID, siteID, source string) (reconciliations.Reconciliation, error)
}

func (h *Handler) sourceStatusRoutes(g openapi.Group) {
	add(g, openapi.Operation{
		ID: "read-source-status", Route: "GET /sites/{site}/sources/{source}/status", Access: auth.Viewer, Summary: "See how a source works",
		Description: "When the last message came, whether the source is silent for longer than usual, and what the list of calls of the provider's API has brought.",
	}, h.readSourceStatus)
	add(g, openapi.Operation{
		ID: "request-reconciliation", Route: "POST /sites/{site}/sources/{source}/reconciliation", Access: auth.Editor, Summary: "Ask the provider for calls now",
		Description: "Asks the provider's API for calls whose messages never came, without waiting for the next time. The answer comes at once; the status shows how it goes on.",
		Status:      http.StatusAccepted, Failures: []int{http.StatusConflict},
	}, h.requestReconciliation)
}

type sourceStatusView struct {
	LastMessageAt  *time.Time          `json:"last_message_at,omitempty" doc:"When the last message of the provider came, also one that could not be read. It is exact to the minute. Missing if none has come."`
	Silence        silenceView         `json:"silence" doc:"Whether no message has come for longer than usual."`
	Clock          clockView           `json:"clock" doc:"Whether the clock of the provider is right, by the last 100 calls of the site."`
	Reconciliation *reconciliationView `json:"reconciliation,omitempty" doc:"What the list of calls of the provider's API has brought. Missing if Ringback cannot ask this provider for calls."`
}

type silenceView struct {
	Code        sourcestatus.SilenceCode `json:"code" enum:"no_message,pauses_not_known,as_usual,longer_than_usual" doc:"For programs. longer_than_usual: check the webhook at the provider." example:"as_usual"`
	Explanation string                   `json:"explanation" doc:"For people." example:"messages come as usual"`
	Hours       int                      `json:"hours" doc:"How many hours have passed since the last message, of those hours of the day in which messages usually come." example:"1"`
	UsualHours  int                      `json:"usual_hours,omitempty" doc:"The longest such pause of the four weeks before the last message, at least 2. Missing if it is not known." example:"3"`
}

type clockView struct {
	Code        sourcestatus.ClockCode `json:"code" enum:"not_known,as_expected,fast,slow" doc:"For programs. fast or slow: calls may be credited to the wrong visit." example:"as_expected"`
	Explanation string                 `json:"explanation" doc:"For people." example:"as far as its messages show, the clock is right"`
	Seconds     int                    `json:"seconds,omitempty" doc:"By how many seconds it is fast or slow, at least. Missing if it is right or not known." example:"90"`
}

type reconciliationView struct {
	State       reconciliations.State `json:"state" enum:"waiting,running,up_to_date,paused,failing,off" doc:"waiting: it has not begun. running: the list is being read. up_to_date: it was read to its end. paused: the provider takes no more requests for a while. failing: the list could not be read; it is tried again. off: the source is switched off, or the credentials of the API are not given." example:"up_to_date"`
	Problem     *listProblemView      `json:"problem,omitempty" doc:"What is wrong, if the state is paused or failing."`
	Explanation string                `json:"explanation,omitempty" doc:"The problem and what to do about it, for people." example:"the provider does not accept the key of its API (it answered 401); enter another one"`
	Found       int64                 `json:"calls_found" doc:"How many calls and leads were found that no message had brought." example:"12"`
	Completed   int64                 `json:"calls_completed" doc:"For how many calls the list had more than the messages, such as their end." example:"3"`
	Listed      int64                 `json:"calls_listed" doc:"How many calls the provider has listed. A call is listed several times." example:"4200"`
	LastFoundAt *time.Time            `json:"last_found_at,omitempty" doc:"When a call was last found or completed."`
	LastAt      *time.Time            `json:"last_reconciled_at,omitempty" doc:"When the list was last read to its end."`
	ListedUntil *time.Time            `json:"listed_until,omitempty" doc:"The calls that began before this time have been compared."`
	Since       *time.Time            `json:"since,omitempty" doc:"Calls that began earlier are not taken."`
	NextAt      *time.Time            `json:"next_at,omitempty" doc:"When it goes on at the latest."`
	RequestedAt *time.Time            `json:"requested_at,omitempty" doc:"When it was last asked for."`
}

// listProblemView is why the list of calls is not read.
type listProblemView struct{ sourcestatus.Problem }

func (h *Handler) readSourceStatus(ctx context.Context, in *OfSource) (*wire.Answer[sourceStatusView], error) {
	stored, site, err := h.storedSource(ctx, in)
	if err != nil {
		return nil, err
	}
	last, hours, err := h.store.Activity(ctx, site.ID, stored.Source)
	if err != nil {
		return nil, err
	}
	delays, err := h.store.Delays(ctx, site.ID, stored.Source)
	if err != nil {
		return nil, err
	}
	w, clock := reqctx.Writer(ctx), sourcestatus.ClockOf(delays)
	silence := sourcestatus.SilenceOf(hours, accept.SettingsOf(stored, site).TimeZone, h.clock.Now())
	view := sourceStatusView{LastMessageAt: last, Silence: silenceView{
		Code: silence.Code, Explanation: w.Silence(silence), Hours: silence.Hours, UsualHours: silence.Usual,
	}, Clock: clockView{Code: clock.Code, Explanation: w.Clock(clock), Seconds: clock.Seconds}}
	if source, _ := h.sources.Get(stored.Source); source != nil {
		if _, lists := source.(listing.Source); lists {
			row, err := h.store.Reconciliation(ctx, reqctx.Account(ctx), site.ID, stored.Source)
			if err != nil {
				return nil, err
			}
			view.Reconciliation = viewReconciliation(w, row)
		}
	}
	return wire.Body(view), nil
}

func viewReconciliation(w explanation.Writer, r reconciliations.Reconciliation) *reconciliationView {
	v := &reconciliationView{
		State: r.State, Explanation: w.ListProblem(r.Problem), Found: r.Found, Completed: r.Completed, Listed: r.Listed,
		LastFoundAt: r.LastFoundAt, LastAt: r.DoneAt, ListedUntil: r.ListedUntil, Since: r.Since, NextAt: r.NextAt, RequestedAt: r.RequestedAt,
	}
	if !r.Problem.IsZero() {
		v.Problem = &listProblemView{r.Problem}
	}
	return v
}

// storedSource returns the settings of a source and its site.
func (h *Handler) storedSource(ctx context.Context, in *OfSource) (websites.Source, websites.Site, error) {
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return websites.Source{}, websites.Site{}, err
	}
	stored, err := h.store.Source(ctx, reqctx.Account(ctx), in.Site, in.Source)
	return stored, site, err
}

func (h *Handler) requestReconciliation(ctx context.Context, in *OfSource) (*wire.NoBody, error) {
	stored, site, err := h.storedSource(ctx, in)
	if err != nil {
		return nil, err
	}
	source, _ := h.sources.Get(stored.Source)
	if !reconciles(source, stored, site) {
		return nil, fault.New(fault.Conflict, "lists_no_calls")
	}
	return nil, h.store.RequestReconciliation(ctx, site.AccountID, site.ID, stored.Source, workflows.ReconcileID)
}
