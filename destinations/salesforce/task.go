package salesforce

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/crm/salesforce"
	"ringback/internal/delivery"
	"ringback/internal/texts"
)

const (
	dateFormat = "2006-01-02"
	timeFormat = "2006-01-02T15:04:05.000Z"

	testPrefix = "[Ringback test] "
)

// values returns the fields of the Task, without those that the connected user may
// not set, and with texts cut to the lengths of their fields.
func (w *writing) values(object salesforce.Object, idField salesforce.Field) salesforce.Values {
	all := w.fields()
	all[idField.Name] = w.id()
	w.leftOut = nil
	for name, value := range all {
		f, ok := object.Field(name)
		if !ok || !f.Createable {
			delete(all, name)
			w.leftOut = append(w.leftOut, name)
			continue
		}
		if text, isText := value.(string); isText && f.Length > 0 {
			all[name] = texts.First(text, f.Length)
		}
	}
	slices.Sort(w.leftOut)
	return all
}

// fields returns everything that a Task should hold.
func (w *writing) fields() salesforce.Values {
	e, o := w.event, w.options
	v := salesforce.Values{
		"Subject":      w.subject(),
		"Type":         o.get(byKind(e, "task_type", "lead_task_type")),
		"Status":       o.get("status"),
		"Priority":     o.get("priority"),
		"ActivityDate": e.At.In(o.zone()).Format(dateFormat),
		"Description":  body(e),
	}
	set := func(name, value string) {
		if name != "" && value != "" {
			v[name] = value
		}
	}
	set("WhoId", w.who.id())
	set(o.get("phone_field"), e.Phone)
	set(o.get("bizible_field"), bizibleID(e, o.get("visitor_id")))
	set(o.get("touchpoint_date_field"), e.At.UTC().Format(timeFormat))
	if e.Kind == conversion.KindLead {
		return v
	}
	v["CallType"] = "Inbound"
	set("CallDisposition", string(e.Outcome))
	if seconds, known := duration(e); known {
		v["CallDurationInSeconds"] = seconds
	}
	return v
}

// byKind returns the name of the option for this kind of conversion.
func byKind(e delivery.Payload, call, lead string) string {
	if e.Kind == conversion.KindLead {
		return lead
	}
	return call
}

func (w *writing) subject() string {
	e := w.event
	who := cmp.Or(e.Name, e.Phone, e.Email, "an unknown person")
	if e.Kind == conversion.KindLead {
		who = cmp.Or(e.Name, e.Email, e.Phone, "an unknown person")
	}
	subject := strings.ReplaceAll(w.options.get(byKind(e, "call_subject", "lead_subject")), person, who)
	if e.Test {
		return testPrefix + subject
	}
	return subject
}

// bizibleID returns the visitor's BizibleId, empty if there is none.
func bizibleID(e delivery.Payload, system string) string {
	return strings.TrimSpace(e.VisitorIDs[system])
}

// duration returns how long was talked, or else how long the call was.
func duration(e delivery.Payload) (seconds int, known bool) {
	switch {
	case e.TalkSeconds != nil:
		return *e.TalkSeconds, true
	case e.EndedAt != nil && !e.EndedAt.Before(e.At):
		return int(e.EndedAt.Sub(e.At) / time.Second), true
	default:
		return 0, false
	}
}

// body returns the text of the Task, one fact per line.
func body(e delivery.Payload) string {
	var b strings.Builder
	line := func(label, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", label, value)
		}
	}
	line("Phone", e.Phone)
	line("Name", e.Name)
	line("Email", e.Email)
	line("Called number", e.TrackingNumber)
	line("Outcome", string(e.Outcome))
	if e.TalkSeconds != nil {
		line("Talk time in seconds", strconv.Itoa(*e.TalkSeconds))
	}
	line("Form", e.Form)
	line("Source", e.Source)
	line("Page", e.PageURL)
	if e.Visit != nil {
		line("Landing page", e.Visit.Traffic.LandingPage)
		line("Referrer", cmp.Or(e.Referrer, e.Visit.Traffic.Referrer))
	} else {
		line("Referrer", e.Referrer)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
