package intake

import (
	"bytes"
	"context"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/instant"
	"ringback/internal/limits"
	"ringback/models"
	"ringback/phone"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

// callEventBody is one event of a call. All fields but the type may be left out, or
// be in any other event of the call.
type callEventBody struct {
	EventID        string               `json:"event_id,omitempty" doc:"Your id of this event, of 1 to 128 letters, digits and . _ : ~ - A second event with the same id is ignored as a duplicate. If it is left out, a body with the same bytes is a duplicate." example:"evt-1"`
	Type           conversion.EventType `json:"type" enum:"started,answered,tagged,linked,ended" doc:"tagged means that tags were put on the call, linked that its visit became known. Events may come in any order." example:"ended"`
	At             *time.Time           `json:"at,omitempty" doc:"The time of the event (RFC 3339). Default: now." example:"2026-01-31T12:17:00Z"`
	Caller         *string              `json:"caller,omitempty" maxLength:"64" doc:"The caller's number, preferably in E.164. An empty text, or a word such as anonymous, means that the caller withheld the number." example:"+12025550123"`
	CallerName     string               `json:"caller_name,omitempty" maxLength:"200"`
	TrackingNumber string               `json:"tracking_number,omitempty" maxLength:"64" doc:"The number that was called." example:"+12025550100"`
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

// event checks the body and returns the event. The region is the site's, for
// numbers without a country code.
func (b callEventBody) event(raw []byte, received time.Time, region string) (conversion.CallEvent, error) {
	var c checker
	e := conversion.CallEvent{
		ID: b.EventID, Type: b.Type, At: c.Time("at", b.At, received),
		CallerName: strings.TrimSpace(b.CallerName), SessionID: strings.TrimSpace(b.SessionID),
		VisitorIDs: c.IDs("visitor_ids", b.VisitorIDs, limits.VisitorIDs), Traffic: c.Traffic("traffic", b.Traffic),
		Tags: c.Tags("tags", b.Tags), TagOrigin: b.TagOrigin, Extension: strings.TrimSpace(b.Extension),
		Outcome: b.Outcome, TalkSeconds: b.TalkSeconds, WaitSeconds: b.WaitSeconds,
	}
	if e.ID == "" {
		e.ID = contentID(raw)
	} else if !limits.IsExternalID(e.ID) {
		c.Add("event_id", fault.Expect("external_id"))
	}
	if len(e.Tags) > 0 && e.TagOrigin == "" {
		e.TagOrigin = conversion.TagByAPI
	}
	b.readNumbers(&c, &e, region)
	b.checkType(&c)
	return e, c.Err()
}

// readNumbers reads the phone numbers into the event.
func (b callEventBody) readNumbers(c *checker, e *conversion.CallEvent, region string) {
	if b.Caller != nil {
		number := c.Phone("caller", *b.Caller, region)
		e.Caller, e.Anonymous = number.E164, number.Anonymous
	}
	if b.TrackingNumber != "" {
		number, err := phone.Normalize(b.TrackingNumber, region)
		if err != nil || number.Anonymous {
			c.Add("tracking_number", fault.Expect("phone_number"))
		}
		e.TrackingNumber = number.E164
	}
}

// checkType checks that the fields fit the type of the event.
func (b callEventBody) checkType(c *checker) {
	if b.Type != conversion.EventEnded {
		if b.Outcome != "" {
			c.Add("outcome", fault.Expect("only_ended"))
		}
		if b.TalkSeconds != nil {
			c.Add("talk_seconds", fault.Expect("only_ended"))
		}
	}
	if b.Type == conversion.EventTagged && len(b.Tags) == 0 {
		c.Add("tags", fault.Expect("some_tag"))
	}
	if b.TagOrigin != "" && len(b.Tags) == 0 {
		c.Add("tag_origin", fault.Expect("only_with_tags"))
	}
	if b.Type == conversion.EventLinked && b.SessionID == "" && len(b.VisitorIDs) == 0 && b.Traffic == nil {
		c.Add("session_id", fault.Expect("some_link"))
	}
}

func (h *Handler) postCallEvent(ctx context.Context, in *struct {
	sites.InSite
	ExternalID string `path:"external_id" doc:"Your id of the call, the same in all its events, of 1 to 128 letters, digits and . _ : ~ - It must hold no personal data, as Temporal shows it." example:"call-1"`
	RawBody    []byte
	Body       callEventBody
}) (*wire.Answer[acceptedView], error) {
	if !limits.IsExternalID(in.ExternalID) {
		return nil, fault.InvalidFields(fault.Field{Path: "external_id", Expected: fault.Expect("external_id")})
	}
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	event, err := in.Body.event(in.RawBody, instant.Now(h.clock), site.Region)
	if err != nil {
		return nil, err
	}
	accepted, err := h.acceptor.AcceptCallEvent(ctx, models.CallEvent{
		SiteID: site.ID, Source: sites.APISource, ExternalID: in.ExternalID,
		Event: event, Raw: bytes.Clone(in.RawBody),
	})
	if err != nil {
		return nil, err
	}
	return viewAccepted(accepted), nil
}
