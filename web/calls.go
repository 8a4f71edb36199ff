package web

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
)

// callEventBody is one thing that happened to a call. All but the type may be
// left out, and said by any other event of the call.
type callEventBody struct {
	EventID        string               `json:"event_id,omitempty" doc:"Your id of this event: a repeat with the same id is the same event. Left out: a body with the same bytes is. 1 to 128 letters, digits and . _ : ~ -" example:"evt-1"`
	Type           conversion.EventType `json:"type" enum:"started,answered,tagged,linked,ended" doc:"started; answered; tagged: tags were put on it; linked: the visit became known; ended. They may come in any order." example:"ended"`
	At             *time.Time           `json:"at,omitempty" doc:"When it happened (RFC 3339). Left out: now." example:"2026-01-31T12:17:00Z"`
	Caller         *string              `json:"caller,omitempty" maxLength:"64" doc:"The caller's number, best as E.164. Empty, or a word such as anonymous: withheld." example:"+12025550123"`
	CallerName     string               `json:"caller_name,omitempty" maxLength:"200"`
	TrackingNumber string               `json:"tracking_number,omitempty" maxLength:"64" doc:"The number that was called." example:"+12025550100"`
	SessionID      string               `json:"session_id,omitempty" maxLength:"128" doc:"The visitor's session on the web site."`
	VisitorIDs     map[string]string    `json:"visitor_ids,omitempty" doc:"The visitor's ids at third parties, by system. GET /visitor-id-presets lists the systems and the cookies that hold their ids." example:"{\"rtbhouse\": \"test-visitor\"}"`
	Traffic        *trafficBody         `json:"traffic,omitempty" doc:"Where the visit came from. It counts as a visit."`
	Tags           []string             `json:"tags,omitempty" maxItems:"50" maxLength:"100" doc:"Labels. Needed with tagged. Only those that are on the call when it ends count." example:"[\"sales\"]"`
	TagOrigin      conversion.TagOrigin `json:"tag_origin,omitempty" enum:"extension,number,manual,api" doc:"Who put the tags there. Default api." example:"api"`
	Extension      string               `json:"extension,omitempty" maxLength:"64" doc:"The extension that was dialled."`
	Outcome        conversion.Outcome   `json:"outcome,omitempty" enum:"answered,missed,busy,failed" doc:"How it ended; only with ended." example:"answered"`
	TalkSeconds    *int                 `json:"talk_seconds,omitempty" minimum:"0" maximum:"86400" doc:"How long they talked; only with ended." example:"95"`
	WaitSeconds    *int                 `json:"wait_seconds,omitempty" minimum:"0" maximum:"86400" doc:"How long it rang." example:"6"`
}

// event reads the body of an event. Region is the site's, for numbers without a country.
func (b callEventBody) event(raw []byte, received time.Time, region string) (conversion.Event, error) {
	var c checker
	e := conversion.Event{
		ID: b.EventID, Type: b.Type, At: c.time("at", b.At, received),
		CallerName: strings.TrimSpace(b.CallerName), SessionID: strings.TrimSpace(b.SessionID),
		VisitorIDs: c.names("visitor_ids", b.VisitorIDs, limits.VisitorIDs), Traffic: c.traffic("traffic", b.Traffic),
		Tags: c.tags("tags", b.Tags), TagOrigin: b.TagOrigin, Extension: strings.TrimSpace(b.Extension),
		Outcome: b.Outcome, TalkSeconds: b.TalkSeconds, WaitSeconds: b.WaitSeconds,
	}
	if e.ID == "" {
		e.ID = contentID(raw)
	} else if !externalIDPattern.MatchString(e.ID) {
		c.add("event_id", "%s", externalIDForm)
	}
	if len(e.Tags) > 0 && e.TagOrigin == "" {
		e.TagOrigin = conversion.TagByAPI
	}
	b.numbers(&c, &e, region)
	b.fitting(&c)
	return e, c.err()
}

func (b callEventBody) numbers(c *checker, e *conversion.Event, region string) {
	if b.Caller != nil {
		number, err := phone.Normalize(*b.Caller, region)
		if err != nil {
			c.add("caller", "%s", strings.TrimPrefix(err.Error(), "expected "))
		}
		e.Caller, e.Anonymous = number.E164, number.Anonymous
	}
	if b.TrackingNumber != "" {
		number, err := phone.Normalize(b.TrackingNumber, region)
		if err != nil || number.Anonymous {
			c.add("tracking_number", "a phone number, best as E.164, such as +12025550100")
		}
		e.TrackingNumber = number.E164
	}
}

// fitting checks that the fields fit the event's type.
func (b callEventBody) fitting(c *checker) {
	if b.Type != conversion.EventEnded {
		if b.Outcome != "" {
			c.add("outcome", "only with an event of type ended")
		}
		if b.TalkSeconds != nil {
			c.add("talk_seconds", "only with an event of type ended")
		}
	}
	if b.Type == conversion.EventTagged && len(b.Tags) == 0 {
		c.add("tags", "at least one label with an event of type tagged")
	}
	if b.TagOrigin != "" && len(b.Tags) == 0 {
		c.add("tag_origin", "only together with tags")
	}
	if b.Type == conversion.EventLinked && b.SessionID == "" && len(b.VisitorIDs) == 0 && b.Traffic == nil {
		c.add("session_id", "session_id, visitor_ids or traffic with an event of type linked")
	}
}

func (s *server) postCallEvent(ctx context.Context, in *struct {
	InSite
	ExternalID string `path:"external_id" doc:"Your id of the call; all events of one call have the same. 1 to 128 letters, digits and . _ : ~ - and no personal data: it is shown in Temporal." example:"call-1"`
	RawBody    []byte
	Body       callEventBody
}) (*answer[acceptedView], error) {
	if !externalIDPattern.MatchString(in.ExternalID) {
		return nil, fault.InvalidFields(fault.Field{Path: "external_id", Expected: externalIDForm})
	}
	site, err := s.site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	event, err := in.Body.event(in.RawBody, instant.Now(s.clock), site.Region)
	if err != nil {
		return nil, err
	}
	accepted, err := s.acceptor.AcceptCallEvent(ctx, models.CallEvent{
		SiteID: site.ID, Source: apiSource, ExternalID: in.ExternalID,
		Event: event, Raw: bytes.Clone(in.RawBody),
	})
	if err != nil {
		return nil, err
	}
	return viewAccepted(accepted), nil
}
