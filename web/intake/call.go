package intake

import (
	"bytes"
	"cmp"
	"context"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/instant"
	"ringback/internal/limits"
	"ringback/models"
	"ringback/phone"
	"ringback/reports"
	"ringback/web/internal/readable"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

// callEventBody is one event of a call. All fields but the type may be left out, or
// be in any other event of the call.
type callEventBody struct {
	EventID        string               `json:"event_id,omitempty" doc:"Your id of this event, of 1 to 128 letters, digits and . _ : ~ - A second event with the same id is ignored as a duplicate. If it is left out, a body with the same bytes is a duplicate." example:"evt-1"`
	Type           conversion.EventType `json:"type" enum:"started,answered,tagged,linked,ended" doc:"tagged means that tags were put on the call, linked that its visit became known. Events may come in any order." example:"ended"`
	At             *time.Time           `json:"at,omitempty" doc:"The time of the event (RFC 3339). Default: now." example:"2026-01-31T12:17:00Z"`
	Caller         *string              `json:"caller,omitempty" maxLength:"256" doc:"The caller's number, preferably in E.164. An empty text, or a word such as anonymous, means that the caller withheld the number." example:"+12025550123"`
	CallerName     string               `json:"caller_name,omitempty" maxLength:"200"`
	TrackingNumber string               `json:"tracking_number,omitempty" maxLength:"256" doc:"The number that was called." example:"+12025550100"`
	SessionID      string               `json:"session_id,omitempty" maxLength:"128" doc:"The visitor's session on the web site."`
	VisitorIDs     map[string]string    `json:"visitor_ids,omitempty" doc:"Visitor ids by the name of their system. GET /visitor-id-presets lists the systems and the cookies that hold their ids." example:"{\"rtbhouse\": \"test-visitor\"}"`
	Traffic        *wire.TrafficBody    `json:"traffic,omitempty" doc:"Where the visit came from. Attribution counts it as a visit."`
	Tags           []string             `json:"tags,omitempty" maxItems:"50" maxLength:"100" doc:"Labels. Required for type tagged. Only labels that the call has when it ends count." example:"[\"sales\"]"`
	TagOrigin      conversion.TagOrigin `json:"tag_origin,omitempty" enum:"extension,number,manual,api" doc:"Where the tags come from. Default api." example:"api"`
	Extension      string               `json:"extension,omitempty" maxLength:"64" doc:"The extension that was dialled."`
	Outcome        conversion.Outcome   `json:"outcome,omitempty" enum:"answered,missed,busy,failed" doc:"How the call ended. Only for type ended." example:"answered"`
	TalkSeconds    *int                 `json:"talk_seconds,omitempty" minimum:"0" maximum:"86400" doc:"The length of the conversation. Only for type ended." example:"95"`
	WaitSeconds    *int                 `json:"wait_seconds,omitempty" minimum:"0" maximum:"86400" doc:"How long the call rang." example:"6"`
}

// callEvents is how call events are read.
var callEvents = readable.NewForm[callEventBody]("caller_name")

// event returns the event. The region is the site's, for numbers without a country code.
func (b callEventBody) event(r *reader, raw []byte, received time.Time, region string) conversion.CallEvent {
	e := conversion.CallEvent{
		ID: r.eventID(b.EventID, raw), Type: b.Type, At: r.time("at", b.At, received),
		CallerName: strings.TrimSpace(b.CallerName), SessionID: strings.TrimSpace(b.SessionID),
		VisitorIDs: r.ids("visitor_ids", b.VisitorIDs, limits.VisitorIDs), Traffic: r.traffic(b.Traffic),
		Tags: r.tags(b.Tags), Extension: strings.TrimSpace(b.Extension), WaitSeconds: b.WaitSeconds,
	}
	if len(e.Tags) > 0 {
		e.TagOrigin = cmp.Or(b.TagOrigin, conversion.TagByAPI)
	} else if b.TagOrigin != "" {
		r.leftOut.Add("tag_origin", fault.Expect("only_with_tags"))
	}
	b.readNumbers(r, &e, region)
	b.readEnd(r, &e)
	refuseEmpty(r, e)
	return e
}

// eventID returns the id of an event. One with other characters than ids have is hashed,
// and an event without one has the id of its bytes.
func (r *reader) eventID(given string, raw []byte) string {
	switch {
	case given == "":
		return contentID("body-", raw)
	case limits.IsExternalID(given):
		return given
	default:
		r.leftOut.Add("event_id", fault.Expect("external_id"))
		return contentID("id-", []byte(given))
	}
}

// readNumbers reads the phone numbers into the event. A caller whose number cannot be
// read is unknown, not withheld.
func (b callEventBody) readNumbers(r *reader, e *conversion.CallEvent, region string) {
	if b.Caller != nil {
		number := r.leftOut.Phone("caller", *b.Caller, region)
		e.Caller, e.Anonymous = number.E164, number.Anonymous
	}
	if b.TrackingNumber != "" {
		number, err := phone.Normalize(b.TrackingNumber, region)
		if err != nil || number.Anonymous {
			r.leftOut.Add("tracking_number", fault.Expect("phone_number"))
		}
		e.TrackingNumber = number.E164
	}
}

// readEnd reads what only the end of a call has.
func (b callEventBody) readEnd(r *reader, e *conversion.CallEvent) {
	if b.Type == conversion.EventEnded {
		e.Outcome, e.TalkSeconds = b.Outcome, b.TalkSeconds
		return
	}
	if b.Outcome != "" {
		r.leftOut.Add("outcome", fault.Expect("only_ended"))
	}
	if b.TalkSeconds != nil {
		r.leftOut.Add("talk_seconds", fault.Expect("only_ended"))
	}
}

// refuseEmpty refuses an event that lacks what its type is about.
func refuseEmpty(r *reader, e conversion.CallEvent) {
	if e.Type == conversion.EventTagged && len(e.Tags) == 0 {
		r.refused.Add("tags", fault.Expect("some_tag"))
	}
	if e.Type == conversion.EventLinked && e.SessionID == "" && len(e.VisitorIDs) == 0 && e.Traffic == nil {
		r.refused.Add("session_id", fault.Expect("some_link"))
	}
}

func (h *Handler) postCallEvent(ctx context.Context, in *struct {
	sites.InSite
	ExternalID string `path:"external_id" doc:"Your id of the call, the same in all its events, of 1 to 128 letters, digits and . _ : ~ - It must hold no personal data, as Temporal shows it." example:"call-1"`
	RawBody    []byte
	Body       readable.Body[callEventBody]
}) (*wire.Answer[acceptedView], error) {
	if !limits.IsExternalID(in.ExternalID) {
		return nil, fault.InvalidFields(fault.Field{Path: "external_id", Expected: fault.Expect("external_id")})
	}
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	body, leftOut, err := callEvents.Read(in.Body, reports.Zone(site.TimeZone))
	if err != nil {
		return nil, err
	}
	var r reader
	r.leftOut.AddFields(leftOut...)
	event := body.event(&r, in.RawBody, instant.Now(h.clock), site.Region)
	if err := r.err(); err != nil {
		return nil, err
	}
	end, err := h.reports.Begin(ctx, site.ID)
	if err != nil {
		return nil, err
	}
	defer end()
	accepted, err := h.acceptor.AcceptCallEvent(ctx, models.CallEvent{
		SiteID: site.ID, Source: sites.APISource, ExternalID: in.ExternalID,
		Event: event, Raw: bytes.Clone(in.RawBody), Reporter: reqctx.Reporter(ctx),
	})
	if err != nil {
		return nil, err
	}
	return viewAccepted(ctx, accepted, r.leftOut.Fields()), nil
}
