package salesforce

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"ringback/crm/salesforce"
	"ringback/internal/delivery"
)

// The reasons that only this destination has.
const (
	reasonCreated    delivery.ReasonCode = "salesforce.created"
	reasonFound      delivery.ReasonCode = "salesforce.found"
	reasonFoundTwice delivery.ReasonCode = "salesforce.found_twice"
	reasonTested     delivery.ReasonCode = "salesforce.tested"
	reasonTestLeft   delivery.ReasonCode = "salesforce.test_left"
	reasonQuota      delivery.ReasonCode = "salesforce.quota"
	reasonSignIn     delivery.ReasonCode = "salesforce.sign_in"
	reasonApp        delivery.ReasonCode = "salesforce.app"
	reasonFlow       delivery.ReasonCode = "salesforce.flow"
	reasonLogin      delivery.ReasonCode = "salesforce.login"
	reasonTokens     delivery.ReasonCode = "salesforce.tokens"
	reasonUnreadable delivery.ReasonCode = "salesforce.unreadable"
	reasonNoIDField  delivery.ReasonCode = "salesforce.no_id_field"
)

const (
	// maxShare is the share of the day's requests above which Ringback pauses. The
	// others are for people and for other programs of the org.
	maxShare = 0.9
	// quotaPause is how long it pauses before it reads the usage again.
	quotaPause = 30 * time.Minute
	// signInPause is how long it waits before it tries a refused sign-in again. When the
	// owner changes the settings, it is tried at once.
	signInPause = time.Hour
	// unknownPause is how long it waits after a request to create a Task whose outcome
	// is unknown. Salesforce may still be working on it, and a search for the Task must
	// not come too early.
	unknownPause = 2 * time.Minute
)

var errNoIDField = errors.New("the field for the id cannot be used")

// quotaError is that the org's requests of the day are nearly used up.
type quotaError struct{ salesforce.Usage }

// Error implements error.
func (e quotaError) Error() string { return fmt.Sprintf("%d of %d requests are used", e.Used, e.Limit) }

// checkQuota returns a quotaError if the org's requests of the day are nearly used up.
func (w *writing) checkQuota(ctx context.Context) error {
	usage := w.client.Usage()
	if usage.Above(maxShare) && w.clock.Since(usage.At) >= quotaPause {
		var err error
		if usage, err = w.client.ReadUsage(ctx); err != nil {
			return err
		}
	}
	if usage.Above(maxShare) {
		return quotaError{usage}
	}
	return nil
}

// reason returns the reason of a success, which says what became of the Task.
func (w *writing) reason(status int, id string) delivery.Reason {
	values := map[string]string{
		"Task": id, "Field": w.options.get("id_field"), "LeftOut": strings.Join(w.leftOut, ", "),
		"Person": "", "Made": "", "Rule": "", "Ambiguous": "", "NoEmail": "", "Refused": w.who.refused,
	}
	mark := func(name string, is bool) {
		if is {
			values[name] = yes
		}
	}
	mark("Made", w.who.made)
	mark("Rule", w.who.rule)
	if len(w.who.found) > 0 {
		values["Person"] = w.who.found[0].object
		mark("Ambiguous", w.who.ambiguous())
		mark("NoEmail", !w.who.found[0].hasEmail)
	}
	return delivery.Reason{Code: w.code, Status: status, Values: values}
}

// failed returns the result of an attempt that ended with an error.
func (w *writing) failed(err error) delivery.Result {
	var answer *salesforce.Error
	var quota quotaError
	switch {
	case errors.As(err, &quota):
		return throttled(0, quota.Usage)
	case errors.Is(err, errNoIDField):
		return delivery.Result{Class: delivery.ClassInvalid, Reason: delivery.Reason{Code: reasonNoIDField, Values: map[string]string{"Field": w.options.get("id_field")}}}
	case errors.As(err, &answer):
		return w.answered(answer)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return delivery.ResultOf(nil, err, w.clock.Now())
	default: // the tokens could not be read or stored
		return delivery.Result{Class: delivery.ClassUnavailable, Reason: delivery.Reason{Code: reasonTokens}}
	}
}

func throttled(status int, usage salesforce.Usage) delivery.Result {
	return delivery.Result{Class: delivery.ClassThrottled, Status: status, RetryAfter: quotaPause, Reason: delivery.Reason{
		Code: reasonQuota, Status: status, Values: map[string]string{"Used": fmt.Sprint(usage.Used), "Limit": fmt.Sprint(usage.Limit)},
	}}
}

// answered returns the result of an error that Salesforce answered, or of a request
// without an answer. The error's code counts before the status
// (docs/facts/salesforce.md).
func (w *writing) answered(e *salesforce.Error) delivery.Result {
	switch {
	case e.Status == 0:
		return w.unanswered(e)
	case e.Err != nil:
		return delivery.Result{Class: delivery.ClassUnavailable, Status: e.Status, Reason: delivery.Reason{Code: reasonUnreadable, Status: e.Status}}
	case e.Login:
		return w.notLetIn(e)
	case e.Code == salesforce.CodeRequestLimit:
		return throttled(e.Status, w.client.Usage())
	case e.Code == salesforce.CodeInvalidSession:
		return refusedSignIn(e, reasonSignIn)
	}
	r := delivery.ResultOf(&http.Response{StatusCode: e.Status, Body: http.NoBody, Header: http.Header{"Retry-After": {e.RetryAfter}}}, nil, w.clock.Now())
	if retryLater(e.Code) {
		r.Class = delivery.ClassUnavailable
	}
	if w.unknownAt(e.Status) && r.RetryAfter == 0 {
		r.RetryAfter = unknownPause
	}
	r.Reason = delivery.AnsweredWithError(e.Status, e.Code, withoutPerson(w.event, e.Message))
	return r
}

func (w *writing) unanswered(e *salesforce.Error) delivery.Result {
	r := delivery.ResultOf(nil, e.Err, w.clock.Now())
	if w.unknownAt(0) && r.Class.Retryable() {
		r.RetryAfter = unknownPause
	}
	return r
}

// unknownAt reports whether Salesforce may still create the Task after an answer with
// this status, zero if there was none: 408, 502 and 504 come from servers before it.
func (w *writing) unknownAt(status int) bool {
	early := status == 0 || status == http.StatusRequestTimeout || status == http.StatusBadGateway || status == http.StatusGatewayTimeout
	return early && w.creating && !w.upserts
}

// notLetIn returns the result of a refused login. Deliveries wait then, because
// nothing was sent and a person can repair it.
func (w *writing) notLetIn(e *salesforce.Error) delivery.Result {
	class, _ := delivery.Classify(e.Status, nil)
	switch {
	case class.Retryable(), e.Code == salesforce.LoginUnknown:
		return delivery.Result{Class: delivery.ClassUnavailable, Status: e.Status, Reason: delivery.AnsweredWithError(e.Status, e.Code, "")}
	case e.Code == salesforce.LoginInvalidGrant:
		return refusedSignIn(e, reasonSignIn)
	case e.Code == salesforce.LoginInvalidClient, e.Code == salesforce.LoginInvalidID:
		return refusedSignIn(e, reasonApp)
	case e.Code == salesforce.LoginFlowOff:
		return refusedSignIn(e, reasonFlow)
	default:
		return refusedSignIn(e, reasonLogin)
	}
}

func refusedSignIn(e *salesforce.Error, code delivery.ReasonCode) delivery.Result {
	return delivery.Result{Class: delivery.ClassNotLetIn, Status: e.Status, RetryAfter: signInPause, Reason: delivery.Reason{
		Code: code, Status: e.Status, ErrorCode: cmp.Or(e.Code, fmt.Sprint(e.Status)),
	}}
}

// retryCodes are errors that pass by themselves, whatever their status is.
var retryCodes = []string{
	"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG", "RECORD_IN_USE_BY_WORKFLOW",
	"TOO_MANY_APEX_REQUESTS", "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", "UNKNOWN_EXCEPTION", "API_CURRENTLY_DISABLED",
}

func retryLater(code string) bool { return slices.Contains(retryCodes, code) }

// isAmbiguousID reports whether several records have the external id.
func isAmbiguousID(err error) bool {
	var e *salesforce.Error
	return errors.As(err, &e) && e.Status == http.StatusMultipleChoices
}

// withoutPerson returns the text of an error, or nothing if it quotes the event's
// person: reasons are logged.
func withoutPerson(e delivery.Payload, text string) string {
	for _, personal := range []string{e.Name, e.Email, e.Phone, strings.TrimPrefix(e.Phone, "+")} {
		if personal != "" && strings.Contains(strings.ToLower(text), strings.ToLower(personal)) {
			return ""
		}
	}
	return text
}
