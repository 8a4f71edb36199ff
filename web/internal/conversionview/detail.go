package conversionview

import (
	"context"
	"maps"
	"slices"
	"time"

	"ringback/conversion"
	"ringback/decision"
	"ringback/explanation"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/web/internal/auth"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

// DetailView is a conversion with everything that is stored of it.
type DetailView struct {
	ConversionView
	Session      *SessionView   `json:"session,omitempty" doc:"The visitor's session on the web site. Missing if the script reported none or the session was deleted."`
	Integrations []StatusView   `json:"integrations" doc:"The state of the conversion for each integration."`
	Events       []EventView    `json:"events" doc:"The reports in the order in which they were accepted."`
	Tags         []TagView      `json:"tags"`
	Decisions    []DecisionView `json:"decisions"`
	Deliveries   []DeliveryView `json:"deliveries"`
}

// EventView is one accepted report, of either a call or a lead.
type EventView struct {
	EventID     string                `json:"event_id"`
	Type        string                `json:"type" doc:"The event's type, or lead." example:"ended"`
	At          time.Time             `json:"at"`
	ReceivedAt  time.Time             `json:"received_at"`
	Late        bool                  `json:"late" doc:"True if it came after the decisions. It changed none of them."`
	Explanation string                `json:"explanation,omitempty" doc:"How Ringback matched the visit. Set for the events that Ringback adds (ringback:number, ringback:visitor) and for leads." example:"+12025550143 was held by this visit since 31 Jan 2026 12:17:00 UTC."`
	ReportedBy  *ReporterView         `json:"reported_by,omitempty" doc:"The reporter of the event. Missing for the events that Ringback adds, and for those that earlier versions stored."`
	Call        *conversion.CallEvent `json:"call,omitempty" doc:"The report after it was normalised."`
	Lead        *conversion.Lead      `json:"lead,omitempty" doc:"The report after it was normalised."`
}

// TagView is a tag of a conversion.
type TagView struct {
	Label  string               `json:"label" example:"sales"`
	Origin conversion.TagOrigin `json:"origin" example:"api"`
	At     time.Time            `json:"at"`
	Late   bool                 `json:"late" doc:"True if the tag came after the end or after the decisions, and so does not count."`
}

// DecisionView is a decision with every check.
type DecisionView struct {
	ID                 string              `json:"id" example:"dec_01jdq00000000000000000000"`
	IntegrationID      string              `json:"integration_id" example:"int_01jdq00000000000000000000"`
	IntegrationName    string              `json:"integration_name" example:"RTB House"`
	IntegrationType    string              `json:"integration_type" example:"rtbhouse"`
	IntegrationVersion int                 `json:"integration_version" doc:"The version of the settings that the decision was made by."`
	Verdict            conversion.Verdict  `json:"verdict" enum:"send,skip"`
	Reason             conversion.Reason   `json:"reason" example:"metric_not_met"`
	Explanation        string              `json:"explanation" doc:"One sentence for people."`
	Moment             conversion.Moment   `json:"moment" doc:"The point at which the decision was made: start or end of the call, incomplete for a call that never ended, cancelled for one that an operator cancelled before its end."`
	Checks             []DecisionCheckView `json:"checks" doc:"Every check with the wanted value, the actual value and the result."`
	LateNotes          []NoteView          `json:"late_notes,omitempty" doc:"The labels of the tag filter that came too late. They are worked out when the decision is read and are no part of it."`
	Visit              *conversion.Visit   `json:"visit,omitempty" doc:"The visit that attribution picked. Missing if no visit is known."`
	VisitorIDs         []IDEvidenceView    `json:"visitor_ids" doc:"What links each visitor id of the event to the conversion."`
	CreatedAt          time.Time           `json:"created_at"`
}

// IDEvidenceView is what links a third party's visitor id to a conversion.
type IDEvidenceView struct {
	System      string              `json:"system" example:"rtbhouse"`
	Evidence    conversion.Evidence `json:"evidence" enum:"own,call,visitor_id" doc:"own: the conversion's own session or report. call: the same caller's, known by a call that was matched with a visit for certain. visitor_id: another browser's with the same visitor id of a third party."`
	Explanation string              `json:"explanation" example:"it is the conversion's own"`
}

func viewIDEvidence(w explanation.Writer, d conversion.Decision) []IDEvidenceView {
	views := make([]IDEvidenceView, 0, len(d.VisitorIDEvidence))
	for _, system := range slices.Sorted(maps.Keys(d.VisitorIDEvidence)) {
		evidence := d.VisitorIDEvidence[system]
		views = append(views, IDEvidenceView{System: system, Evidence: evidence, Explanation: w.Evidence(evidence)})
	}
	return views
}

func viewDecision(w explanation.Writer, m models.Decision, all models.Detail) DecisionView {
	return DecisionView{
		ID: m.ID, IntegrationID: m.IntegrationID, IntegrationName: m.IntegrationName,
		IntegrationType: m.IntegrationType, IntegrationVersion: m.IntegrationVersion,
		Verdict: m.Verdict, Reason: m.Reason, Explanation: w.Decision(all.Conversion.Kind, m.Detail), Moment: m.Moment,
		Checks: ViewChecks(w, all.Conversion.Kind, m.Detail.Checks), LateNotes: viewNotes(w, decision.LateTags(m, all)), Visit: m.Detail.Visit, VisitorIDs: viewIDEvidence(w, m.Detail), CreatedAt: m.CreatedAt,
	}
}

func viewEvent(w explanation.Writer, m models.EventRow, called *models.CalledNumber) EventView {
	return EventView{
		EventID: m.EventID, Type: m.Type, At: m.At, ReceivedAt: m.ReceivedAt, Late: m.Late, Call: m.Call, Lead: m.Lead,
		Explanation: explainVisit(w, m, called), ReportedBy: viewReporter(w, m.Reporter),
	}
}

// ReporterView is the reporter of an event.
type ReporterView struct {
	Kind        conversion.ReporterKind `json:"kind" enum:"token,user,operator,webhook,list,script" doc:"In which way it was reported: with a token, by a user who signed in, by the operator, by a provider's message, from the list of calls of a provider's API, by the script on the pages." example:"token"`
	ID          string                  `json:"id,omitempty" doc:"The id of the token or user, or the name of the source." example:"tok_01jdq00000000000000000000"`
	Name        string                  `json:"name,omitempty" doc:"The name that the token, user or source had then." example:"website"`
	Explanation string                  `json:"explanation" example:"the token website"`
}

func viewReporter(w explanation.Writer, r conversion.Reporter) *ReporterView {
	if r.Kind == "" {
		return nil
	}
	return &ReporterView{Kind: r.Kind, ID: r.ID, Name: r.Name, Explanation: w.Reporter(r)}
}

func viewTag(m models.ConversionTag) TagView {
	return TagView{Label: m.Label, Origin: m.Origin, At: m.At, Late: m.Late}
}

// Detail returns a conversion of the request's account with everything that is stored of it.
func (r *Reader) Detail(ctx context.Context, id string) (DetailView, error) {
	d, err := r.store.ConversionDetail(ctx, reqctx.Account(ctx), id)
	if err != nil {
		return DetailView{}, err
	}
	if err := reqctx.Require(ctx, d.Conversion.SiteID, auth.Viewer, fault.New(fault.NotFound, "no_such_conversion")); err != nil {
		return DetailView{}, err
	}
	c, err := decision.ForDetail(ctx, r.store, d) // the account was checked above; a case is not scoped
	if err != nil {
		return DetailView{}, err
	}
	w := reqctx.Writer(ctx)
	attempts := map[string][]deliveries.Attempt{}
	for _, a := range d.Attempts {
		attempts[a.DeliveryID] = append(attempts[a.DeliveryID], a)
	}
	var session *SessionView
	if d.Session != nil {
		session = new(ViewSession(w, *d.Session))
	}
	return DetailView{
		ConversionView: r.Conversion(ctx, d.Conversion),
		Session:        session,
		Integrations:   r.statuses(w, c, d.Deliveries),
		Events:         wire.Views(d.Events, func(m models.EventRow) EventView { return viewEvent(w, m, d.CalledNumber) }),
		Tags:           wire.Views(d.Tags, viewTag),
		Decisions:      wire.Views(d.Decisions, func(m models.Decision) DecisionView { return viewDecision(w, m, d) }),
		Deliveries: wire.Views(d.Deliveries, func(m deliveries.Delivery) DeliveryView {
			return r.Delivery(ctx, m, attempts[m.ID])
		}),
	}, nil
}
