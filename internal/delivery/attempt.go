package delivery

import (
	"context"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/instant"
	"ringback/internal/settings"
)

// Sender is what an attempt needs of a destination.
type Sender interface {
	Send(context.Context, Doer, Payload, settings.Values) Result
}

// Send is one send of a payload: to which destination, with which settings, and
// how long it may take.
type Send struct {
	To       Sender
	Payload  Payload
	Settings settings.Values
	Timeout  time.Duration
}

// Report is how an attempt went. It holds no secrets.
type Report struct {
	StartedAt time.Time
	Duration  time.Duration
	Result
	Request  Message // of the last exchange; empty if there was none
	Response Message
}

// Attempt sends the payload once, and returns how that went. The outcome of a
// send is part of the report, so there is no error.
func Attempt(ctx context.Context, out Doer, clock clockwork.Clock, s Send) Report {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	redactor := NewRedactor(s.Settings.Credentials)
	recorder := NewRecorder(out, redactor, clock)
	started := clock.Now()
	result := s.To.Send(ctx, recorder, s.Payload, s.Settings)
	report := Report{StartedAt: instant.Of(started), Duration: clock.Since(started), Result: result}
	report.RetryAfter = min(result.RetryAfter, MaxRetryAfter)
	report.Reason = result.Reason.without(redactor)
	if exchanges := recorder.Exchanges(); len(exchanges) > 0 {
		last := exchanges[len(exchanges)-1]
		report.Request, report.Response = last.Request, last.Response
	}
	return report
}
