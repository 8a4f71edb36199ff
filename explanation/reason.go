package explanation

import (
	"fmt"
	"io/fs"
	"strings"
	"time"

	"ringback/internal/delivery"
	"ringback/internal/locale"
)

// own are the messages for the reasons and expectations that only one type of
// destination has, by its type. They are complete when main begins.
var own = map[string]*locale.Catalog{}

// SourceMessages is what AddMessages is called with for the messages about the sources.
const SourceMessages = "sources"

// AddMessages adds the messages for the reasons of a type of destination, for what it
// expects of its settings, and about these: the files messages/en.yaml and so on, in which
// "gone" is the message of the code "webhook.gone" of the type webhook, and
// setting_name.url and setting_about.url are about its setting url. A message can insert the
// fields of a reason and its values by name. AddMessages is for package
// initialization.
func AddMessages(destinationType string, files fs.FS) { own[destinationType] = locale.Embedded(files) }

// Setting returns the name of a setting of a type of destination, and what it is. Both are
// empty if the type has added no messages about it.
func (w Writer) Setting(destinationType, name string) (label, about string) {
	return w.own(destinationType, "setting_name."+name), w.own(destinationType, "setting_about."+name)
}

// own returns a message that was added, empty if there is none.
func (w Writer) own(of, id string) string {
	added, ok := own[of]
	if !ok {
		return ""
	}
	if text := added.Text(w.language, id, nil); text != id {
		return text
	}
	return ""
}

// MessageProblems returns what is wrong with the messages that a type of destination
// has added. A type that has added none has no problems.
func MessageProblems(destinationType string) []string {
	if added, ok := own[destinationType]; ok {
		return added.Problems()
	}
	return nil
}

// Reason writes why a delivery, an attempt, a breaker or an integration is in its
// state, empty if there is no reason. A reason that was stored as a sentence by an
// earlier version is returned as it is. A code that this version has no message for
// is written as a code of a later version.
func (w Writer) Reason(r delivery.Reason) string {
	switch values := w.reasonValues(r); {
	case r.Code == "":
		return r.Text
	case strings.Contains(string(r.Code), "."):
		return w.ownReason(r.Code, values)
	case r.Code == delivery.ReasonUnreadable:
		return w.Problem(ProblemCredentialsUnreadable)
	case r.Code == delivery.ReasonFailuresInRow:
		return w.plural("reason.failures_in_row", int64(r.Count), values)
	default:
		return w.known(reasonID(r), string(r.Code), values)
	}
}

// reasonID returns the id of the message for a reason, which may depend on the
// values that the reason has.
func reasonID(r delivery.Reason) string {
	id := fmt.Sprintf("reason.%s", r.Code)
	switch {
	case r.Code == delivery.ReasonAnswered && r.ErrorCode != "" && r.Message != "":
		return id + "_code_message"
	case r.Code == delivery.ReasonAnswered && r.ErrorCode != "":
		return id + "_code"
	case r.Code == delivery.ReasonAnswered && r.Message != "":
		return id + "_message"
	case (r.Code == delivery.ReasonGaveUp || r.Code == delivery.ReasonTimeRanOut) && r.Last != nil:
		return id + "_last"
	default:
		return id
	}
}

func (w Writer) reasonValues(r delivery.Reason) locale.Values {
	values := locale.Values{
		"Status": r.Status, "ErrorCode": r.ErrorCode, "Message": r.Message, "Field": r.Field, "Expected": w.Expected(r.Expected),
		"System": r.System, "Count": w.language.Number(int64(r.Count)), "Span": w.language.Span(time.Duration(r.Seconds) * time.Second),
	}
	if r.Last != nil && !r.Last.IsZero() {
		values["Last"] = w.Reason(*r.Last)
	} else { // rows of earlier versions may have none
		values["Last"] = w.text("reason.not_recorded", nil)
	}
	for name, value := range r.Values { // a destination's own messages may use the same names
		values[name] = value
	}
	return values
}

// ownReason writes a reason that only one type of destination has.
func (w Writer) ownReason(code delivery.ReasonCode, values locale.Values) string {
	owner, id, _ := strings.Cut(string(code), ".")
	if added, ok := own[owner]; ok {
		if text := added.Text(w.language, id, values); text != id {
			return text
		}
	}
	return w.newer(string(code))
}
