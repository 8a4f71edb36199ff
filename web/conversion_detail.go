package web

import (
	"context"
	"time"

	"ringback/conversion"
	"ringback/decision"
	"ringback/models"
	"ringback/web/internal/reqctx"
)

// detailView is a conversion with everything that is known of it.
type detailView struct {
	ConversionView
	Session      *sessionView   `json:"session,omitempty" doc:"The visitor's session on the web site; missing: the script reported none, or it was deleted."`
	Integrations []standingView `json:"integrations" doc:"Where each integration stands with it, in words."`
	Events       []eventView    `json:"events" doc:"What was reported, in the order it was accepted."`
	Tags         []tagView      `json:"tags"`
	Decisions    []decisionView `json:"decisions"`
	Deliveries   []deliveryView `json:"deliveries"`
}

// eventView is one accepted report; of call and lead the one that it was.
type eventView struct {
	EventID     string            `json:"event_id"`
	Type        string            `json:"type" doc:"The event's type, or lead." example:"ended"`
	At          time.Time         `json:"at"`
	ReceivedAt  time.Time         `json:"received_at"`
	Late        bool              `json:"late" doc:"It came after the decisions and changed none."`
	Explanation string            `json:"explanation,omitempty" doc:"How Ringback matched the visit. Set on the events that Ringback adds (ringback:number, ringback:visitor) and on leads." example:"+12025550143 was held by this visit since 31 Jan 2026 12:17:00 UTC."`
	Call        *conversion.Event `json:"call,omitempty" doc:"As it was understood."`
	Lead        *conversion.Lead  `json:"lead,omitempty" doc:"As it was understood."`
}

type tagView struct {
	Label  string               `json:"label" example:"sales"`
	Origin conversion.TagOrigin `json:"origin" example:"api"`
	At     time.Time            `json:"at"`
	Late   bool                 `json:"late" doc:"It came after the end or after the decisions: it never counts."`
}

// decisionView is a decision with every check.
type decisionView struct {
	ID                 string              `json:"id" example:"dec_01jdq00000000000000000000"`
	IntegrationID      string              `json:"integration_id" example:"int_01jdq00000000000000000000"`
	IntegrationName    string              `json:"integration_name" example:"RTB House"`
	IntegrationType    string              `json:"integration_type" example:"rtbhouse"`
	IntegrationVersion int                 `json:"integration_version" doc:"The version of the settings that it was made by."`
	Verdict            conversion.Verdict  `json:"verdict" enum:"send,skip"`
	Reason             conversion.Reason   `json:"reason" example:"metric_not_met"`
	Explanation        string              `json:"explanation" doc:"One sentence for people."`
	Moment             conversion.Moment   `json:"moment" doc:"What was known: start, end, incomplete for a call that never ended, or cancelled for one that an operator cancelled before its end."`
	Checks             []decisionCheckView `json:"checks" doc:"Every check: what it wanted, what it saw, whether it passed."`
	LateNotes          []noteView          `json:"late_notes,omitempty" doc:"Labels of its tag filter that came too late for it. They are found when this is read and are no part of the decision, which does not change."`
	Visit              *conversion.Visit   `json:"visit,omitempty" doc:"The visit that attribution picked; missing: none is known."`
	CreatedAt          time.Time           `json:"created_at"`
}

func viewDecision(m models.Decision, all models.Detail) decisionView {
	return decisionView{
		ID: m.ID, IntegrationID: m.IntegrationID, IntegrationName: m.IntegrationName,
		IntegrationType: m.IntegrationType, IntegrationVersion: m.IntegrationVersion,
		Verdict: m.Verdict, Reason: m.Reason, Explanation: english.Decision(all.Conversion.Kind, m.Detail), Moment: m.Moment,
		Checks: viewDecisionChecks(english, all.Conversion.Kind, m.Detail.Checks), LateNotes: viewNotes(english, decision.LateTags(m, all)), Visit: m.Detail.Visit, CreatedAt: m.CreatedAt,
	}
}

func viewEvent(m models.EventRow, called *models.CalledNumber) eventView {
	return eventView{
		EventID: m.EventID, Type: m.Type, At: m.At, ReceivedAt: m.ReceivedAt, Late: m.Late, Call: m.Call, Lead: m.Lead,
		Explanation: explainVisit(english, m, called),
	}
}

func viewTag(m models.ConversionTag) tagView {
	return tagView{Label: m.Label, Origin: m.Origin, At: m.At, Late: m.Late}
}

func (s *server) readConversion(ctx context.Context, in *struct {
	ID string `path:"id" doc:"The conversion's id." example:"cnv_01jdq00000000000000000000"`
}) (*answer[detailView], error) {
	detail, err := s.conversionDetail(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return answerOf(detail), nil
}

// conversionDetail reads a conversion of the request's account, for the API and for the page.
func (s *server) conversionDetail(ctx context.Context, id string) (detailView, error) {
	d, err := s.Store.ConversionDetail(ctx, reqctx.Account(ctx), id)
	if err != nil {
		return detailView{}, err
	}
	c, err := decision.ForDetail(ctx, s.Store, d) // the account was checked above; a case is not scoped
	if err != nil {
		return detailView{}, err
	}
	attempts := map[string][]models.Attempt{}
	for _, a := range d.Attempts {
		attempts[a.DeliveryID] = append(attempts[a.DeliveryID], a)
	}
	var session *sessionView
	if d.Session != nil {
		session = new(viewSession(*d.Session))
	}
	return detailView{
		ConversionView: s.viewConversion(d.Conversion),
		Session:        session,
		Integrations:   s.standings(c, d.Deliveries),
		Events:         views(d.Events, func(m models.EventRow) eventView { return viewEvent(m, d.CalledNumber) }),
		Tags:           views(d.Tags, viewTag),
		Decisions:      views(d.Decisions, func(m models.Decision) decisionView { return viewDecision(m, d) }),
		Deliveries: views(d.Deliveries, func(m models.Delivery) deliveryView {
			return s.viewDelivery(m, attempts[m.ID])
		}),
	}, nil
}
