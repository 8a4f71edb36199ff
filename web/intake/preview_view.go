package intake

import (
	"context"
	"time"

	"ringback/conversion"
	"ringback/internal/unread"
	"ringback/sources"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

type previewView struct {
	ReceivedAt  time.Time        `json:"received_at" doc:"When the message came, or now if it was given."`
	Reports     []previewReport  `json:"reports" doc:"What would be stored."`
	LeftOut     sources.Omission `json:"left_out,omitempty" doc:"Why nothing would be stored although the message was understood, such as outbound_call."`
	Reason      *unread.Defect   `json:"reason,omitempty" doc:"Why the message could not be read, as data."`
	Explanation string           `json:"explanation,omitempty" doc:"Why the message could not be read, as a sentence."`
	Fields      []previewField   `json:"fields" doc:"What was found for each field of the mapping that counts for this kind of message."`
	Values      []previewValue   `json:"values" doc:"The values of the message with their paths, at most 300, to choose from."`
	MoreValues  bool             `json:"more_values" doc:"True if the message has more values."`
}

type previewReport struct {
	ExternalID string         `json:"external_id" doc:"The id of the call or lead." example:"7"`
	Event      *callEventBody `json:"event,omitempty" doc:"An event of a call, as it could be reported over the API."`
	Lead       *leadBody      `json:"lead,omitempty" doc:"A lead, as it could be reported over the API."`
}

type previewField struct {
	Field       string         `json:"field" example:"started_at"`
	Path        string         `json:"path,omitempty" doc:"Where the value was found. Missing for a constant." example:"$.call.started"`
	Value       string         `json:"value,omitempty" doc:"The value, after the table of values."`
	Reason      *unread.Defect `json:"reason,omitempty" doc:"Why there is no value, or why it is not used, as data."`
	Explanation string         `json:"explanation,omitempty" doc:"The same as a sentence."`
}

type previewValue struct {
	Path  string `json:"path" example:"$.call.id"`
	Value string `json:"value" doc:"Its beginning."`
}

func (v *previewView) explain(ctx context.Context, reason unread.Defect) {
	v.Reason, v.Explanation = &reason, reqctx.Writer(ctx).Unread(reason)
}

// viewTrial returns what a mapping found in a message, without what would be reported.
func viewTrial(ctx context.Context, t sources.Trial) previewView {
	return previewView{
		Reports: []previewReport{}, MoreValues: t.MoreValues,
		Fields: wire.Views(t.Fields, func(f sources.FoundField) previewField {
			field := previewField{Field: f.Name, Path: f.Path, Value: f.Value, Reason: f.Reason}
			if f.Reason != nil {
				field.Explanation = reqctx.Writer(ctx).Unread(*f.Reason)
			}
			return field
		}),
		Values: wire.Views(t.Values, func(v sources.FoundValue) previewValue { return previewValue{Path: v.Path, Value: v.Text} }),
	}
}

func viewReport(r sources.Report) previewReport {
	view := previewReport{ExternalID: r.ExternalID}
	if l := r.Lead; l != nil {
		view.Lead = &leadBody{
			ExternalID: r.ExternalID, At: &l.At, Name: l.Name, Phone: l.Phone, Email: l.Email, Form: l.Form, PageURL: l.PageURL,
			SessionID: l.SessionID, VisitorIDs: l.VisitorIDs, Traffic: wire.ViewTraffic(l.Traffic), Tags: l.Tags, Fields: l.Fields,
		}
		return view
	}
	view.Event = viewEvent(*r.Event)
	return view
}

func viewEvent(e conversion.CallEvent) *callEventBody {
	view := callEventBody{
		EventID: e.ID, Type: e.Type, At: &e.At, CallerName: e.CallerName, TrackingNumber: e.TrackingNumber, SessionID: e.SessionID,
		VisitorIDs: e.VisitorIDs, Traffic: wire.ViewTraffic(e.Traffic), Tags: e.Tags, TagOrigin: e.TagOrigin, Extension: e.Extension,
		Outcome: e.Outcome, TalkSeconds: e.TalkSeconds, WaitSeconds: e.WaitSeconds,
	}
	switch {
	case e.Anonymous:
		view.Caller = new("anonymous")
	case e.Caller != "":
		view.Caller = &e.Caller
	}
	return &view
}
