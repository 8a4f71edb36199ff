package delivery

import (
	"fmt"
	"maps"
	"time"

	"ringback/internal/fault"
	"ringback/internal/stored"
	"ringback/internal/texts"
)

// ReasonCode names a reason. A destination may have codes of its own, which begin
// with its type and a point: "webhook.gone". Their messages are in its own package.
type ReasonCode string

// How an attempt ended.
const (
	ReasonAnswered         ReasonCode = "answered"                // Status, and ErrorCode and Message if the answer held them
	ReasonForbiddenAddress ReasonCode = "forbidden_address"       // the outbound guard refused the address
	ReasonStopped          ReasonCode = "stopped"                 // the attempt was stopped before an answer came
	ReasonNameNotResolved  ReasonCode = "name_not_resolved"       // of the host
	ReasonTimeout          ReasonCode = "timeout"                 // no answer in time
	ReasonCertificate      ReasonCode = "certificate_not_trusted" // of the host
	ReasonOldTLS           ReasonCode = "old_tls"                 // the host has no TLS from version 1.2 on
	ReasonPlainHTTP        ReasonCode = "no_tls"                  // the host has no TLS on an https address
	ReasonAnswerNotHTTP    ReasonCode = "answer_not_http"         // or its headers are too long
	ReasonConnection       ReasonCode = "connection_failed"
	ReasonInterrupted      ReasonCode = "interrupted"         // the end of the attempt was not recorded
	ReasonSetting          ReasonCode = "setting_unusable"    // Field, Expected
	ReasonVisitorID        ReasonCode = "visitor_id_unusable" // System
	ReasonEvent            ReasonCode = "event_unusable"      // the event cannot be written in the destination's format
)

// What a delivery waits for.
const (
	ReasonSwitchedOff        ReasonCode = "switched_off"           // the integration
	ReasonUnknownDestination ReasonCode = "destination_not_known"  // to this version
	ReasonUnreadable         ReasonCode = "credentials_unreadable" // no key of the service opens them
	ReasonKeepsFailing       ReasonCode = "keeps_failing"          // the breaker is open; Last is the last failure
	ReasonAskedToWait        ReasonCode = "asked_to_wait"          // likewise, because the destination asked for it in Last
	ReasonNotLetIn           ReasonCode = "not_let_in"             // likewise, because the destination refuses the sign-in with Last
	ReasonProbe              ReasonCode = "probe_under_way"        // Last is why the breaker is open
	ReasonSiteLimit          ReasonCode = "site_limit"
	ReasonDestinationLimit   ReasonCode = "destination_limit"
	ReasonHostLimit          ReasonCode = "host_limit"           // over all who send to the destination's host
	ReasonHostUnreachable    ReasonCode = "host_does_not_answer" // to several sites
	ReasonDailyLimit         ReasonCode = "daily_limit"          // the account has made Count sends on this day
)

// Why a delivery was ended without success, or an integration switched off.
const (
	ReasonGaveUp        ReasonCode = "gave_up"      // after Seconds; Last is what it waited for, or how the last attempt ended
	ReasonTimeRanOut    ReasonCode = "time_ran_out" // while it waited
	ReasonCancelled     ReasonCode = "cancelled"    // an operator cancelled the workflow
	ReasonBroken        ReasonCode = "broken"       // it could not be processed
	ReasonDeleted       ReasonCode = "integration_deleted"
	ReasonFailuresInRow ReasonCode = "failures_in_row" // Count deliveries failed, the last because of Last
)

// ReasonCodes returns every code but those of single destinations.
func ReasonCodes() []ReasonCode {
	return []ReasonCode{
		ReasonAnswered, ReasonForbiddenAddress, ReasonStopped, ReasonNameNotResolved, ReasonTimeout, ReasonCertificate,
		ReasonOldTLS, ReasonPlainHTTP, ReasonAnswerNotHTTP,
		ReasonConnection, ReasonInterrupted, ReasonSetting, ReasonVisitorID, ReasonEvent, ReasonSwitchedOff,
		ReasonUnknownDestination, ReasonUnreadable, ReasonKeepsFailing, ReasonAskedToWait, ReasonNotLetIn, ReasonProbe, ReasonSiteLimit,
		ReasonDestinationLimit, ReasonHostLimit, ReasonHostUnreachable, ReasonDailyLimit, ReasonGaveUp, ReasonTimeRanOut, ReasonCancelled, ReasonBroken, ReasonDeleted, ReasonFailuresInRow,
	}
}

// Reason is why a delivery, an attempt, a breaker or an integration is in its
// state: a code, and the values that belong to it. Package explanation writes the
// sentences. A reason holds no secrets and no personal data. The zero value means
// that there is none.
type Reason struct {
	Code      ReasonCode        `json:"code,omitempty" doc:"Missing if an earlier version stored the reason as text." example:"answered"`
	Status    int               `json:"status,omitempty" doc:"The HTTP status of the answer." example:"503"`
	ErrorCode string            `json:"error_code,omitempty" doc:"The code of the error in the destination's answer."`
	Message   string            `json:"message,omitempty" doc:"The message in the destination's answer, cut to length."`
	Field     string            `json:"field,omitempty" doc:"The setting that cannot be used." example:"options.url"`
	Expected  fault.Expectation `json:"expected,omitzero" doc:"What was expected of that setting."`
	System    string            `json:"system,omitempty" doc:"The system whose visitor id cannot be used." example:"RTB House"`
	Seconds   int64             `json:"seconds,omitempty" doc:"How long it was tried."`
	Count     int               `json:"count,omitempty" doc:"How many deliveries have failed in a row, or how many sends the account may make on a day."`
	Values    map[string]string `json:"values,omitempty" doc:"The values of a code that only one type of destination has."`
	Last      *Reason           `json:"last,omitempty" doc:"The reason behind this one, such as the last failure."`
	Text      string            `json:"text,omitempty" doc:"The reason as an earlier version stored it: in English."`
}

// The most characters of a reason that come from a destination's answer.
const (
	maxErrorCode = 100
	maxMessage   = 500
)

// OfDestination reports whether the destination is to blame for what a delivery waits
// for, or for how its last attempt ended: not its owner, not Ringback, and not the
// event.
func (r Reason) OfDestination() bool {
	switch r.Code {
	case "", ReasonStopped, ReasonInterrupted, ReasonSetting, ReasonVisitorID, ReasonEvent, ReasonSwitchedOff, ReasonUnknownDestination,
		ReasonUnreadable, ReasonSiteLimit, ReasonHostLimit, ReasonDailyLimit, ReasonCancelled, ReasonBroken, ReasonDeleted:
		return false
	default:
		return true
	}
}

// AnsweredWith returns the reason of an attempt that was answered with this HTTP status.
func AnsweredWith(status int) Reason { return Reason{Code: ReasonAnswered, Status: status} }

// AnsweredWithError returns the reason of an attempt that was answered with an error in
// the destination's own format. Its code and message are cleaned and cut to length.
// Both may be empty. They must not hold personal data: a destination leaves out a
// message that quotes the event.
func AnsweredWithError(status int, code, message string) Reason {
	r := AnsweredWith(status)
	r.ErrorCode, r.Message = texts.First(texts.Clean(code), maxErrorCode), texts.First(texts.Clean(message), maxMessage)
	return r
}

// UnusableSetting returns the reason of an attempt that could not be made with a
// setting: its path, such as "options.url", and what was expected of it.
func UnusableSetting(field string, expected fault.Expectation) Reason {
	return Reason{Code: ReasonSetting, Field: field, Expected: expected}
}

// DailyLimit returns the reason of a delivery whose account has made all of its sends of
// the day.
func DailyLimit(sends int) Reason { return Reason{Code: ReasonDailyLimit, Count: sends} }

// GaveUp returns the reason of a delivery that was given up after this time. Last
// may be zero.
func GaveUp(after time.Duration, last Reason) Reason {
	return Reason{Code: ReasonGaveUp, Seconds: int64(after.Round(time.Second) / time.Second)}.After(last)
}

// FailuresInRow returns the reason of an integration that was switched off after so
// many deliveries failed.
func FailuresInRow(count int, last Reason) Reason {
	return Reason{Code: ReasonFailuresInRow, Count: count}.because(last)
}

// ProbeUnderWay returns the reason of a delivery that waits for the probe of a
// breaker that is open for this reason.
func ProbeUnderWay(open Reason) Reason { return Reason{Code: ReasonProbe}.because(open) }

// After returns the reason with the one that held before it as Last, if there was one.
func (r Reason) After(before Reason) Reason {
	if before.IsZero() {
		return r
	}
	return r.because(before)
}

// maxBehind is how many reasons are kept behind one. Sentences name the first of them.
const maxBehind = 5

func (r Reason) because(last Reason) Reason {
	last = last.upTo(maxBehind)
	r.Last = &last
	return r
}

// upTo returns the reason with so many reasons in all, itself included.
func (r Reason) upTo(n int) Reason {
	switch {
	case r.Last == nil:
		return r
	case n <= 1:
		r.Last = nil
		return r
	default:
		last := r.Last.upTo(n - 1)
		r.Last = &last
		return r
	}
}

// IsZero reports whether there is no reason.
func (r Reason) IsZero() bool { return r.Code == "" && r.Text == "" }

// UnmarshalJSON also reads reasons that were stored as sentences in English.
func (r *Reason) UnmarshalJSON(data []byte) error {
	type plain Reason
	var read plain
	if err := stored.ObjectOrText(data, &read, &read.Text); err != nil {
		return fmt.Errorf("reading a reason: %w", err)
	}
	*r = Reason(read)
	return nil
}

// values returns a copy of values without the secrets.
func (r *Redactor) values(values map[string]string) map[string]string {
	values = maps.Clone(values)
	for name, value := range values {
		values[name] = r.Text(value)
	}
	return values
}

// without returns the reason without the secrets that a redactor removes.
func (r Reason) without(redactor *Redactor) Reason {
	for _, text := range []*string{&r.ErrorCode, &r.Message, &r.Field, &r.Expected.Text, &r.System, &r.Text} {
		*text = redactor.Text(*text)
	}
	r.Values, r.Expected.Values = redactor.values(r.Values), redactor.values(r.Expected.Values)
	if r.Last != nil {
		return r.because(r.Last.without(redactor))
	}
	return r
}
