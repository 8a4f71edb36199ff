package delivery

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/internal/instant"
	"ringback/internal/outbound"
)

// MaxRecordedBody is how much of a request's or an answer's body is kept, in bytes.
const MaxRecordedBody = 16 << 10

// Doer sends requests. The one that a destination gets is guarded, bounded and
// recording; a destination makes no client of its own. A Doer follows no
// redirects, and wraps outbound.ErrForbiddenAddress when it refuses to connect.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Message is one side of an exchange, fit to be stored and shown: redacted, cut
// to length, valid UTF-8 without zero bytes. It still holds personal data.
type Message struct {
	Method  string              `json:"method,omitempty"`
	URL     string              `json:"url,omitempty"`
	Status  int                 `json:"status,omitempty"`
	Headers map[string][]string `json:"headers,omitempty"`
	Body    string              `json:"body,omitempty"`
	Cut     bool                `json:"cut,omitempty"` // the body was longer
}

// Exchange is one request and its answer.
type Exchange struct {
	Request   Message
	Response  Message // empty if there was no answer
	StartedAt time.Time
	Duration  time.Duration
	Error     string // why there was no answer
}

// Recorder is the Doer of one attempt, and keeps the exchanges made through it.
// It is for one goroutine.
type Recorder struct {
	next      Doer
	redactor  *Redactor
	clock     clockwork.Clock
	exchanges []Exchange
}

// NewRecorder returns the recorder of an attempt whose secrets the redactor removes.
func NewRecorder(next Doer, redactor *Redactor, clock clockwork.Clock) *Recorder {
	return &Recorder{next: next, redactor: redactor, clock: clock}
}

// Exchanges returns those recorded so far, in order. An attempt that failed
// before it sent anything has none; most have one, and those that log in or look
// something up have more.
func (r *Recorder) Exchanges() []Exchange { return r.exchanges }

// Hide removes secrets that became known during the attempt from what is recorded
// after it.
func (r *Recorder) Hide(secrets ...string) { r.redactor.Add(secrets...) }

// Do sends the request through the next Doer and records it. The returned error
// has no secret in its text.
func (r *Recorder) Do(req *http.Request) (*http.Response, error) {
	sent, err := peek(&req.Body)
	if err != nil {
		return nil, err
	}
	started := r.clock.Now()
	resp, err := r.next.Do(req)
	exchange := Exchange{
		Request:   Message{Method: req.Method, URL: r.text(req.URL.Redacted()), Headers: r.header(req.Header)},
		StartedAt: instant.Of(started),
	}
	exchange.Request.Body, exchange.Request.Cut = r.body(sent)
	if err != nil {
		err = r.redact(err)
		exchange.Error = err.Error()
	} else {
		got, _ := peek(&resp.Body) // a body that breaks off is recorded as far as it came
		exchange.Response = Message{Status: resp.StatusCode, Headers: r.header(resp.Header)}
		exchange.Response.Body, exchange.Response.Cut = r.body(got)
	}
	exchange.Duration = r.clock.Since(started)
	r.exchanges = append(r.exchanges, exchange)
	return resp, err
}

// peek reads a body and puts it back. Both sides are bounded: requests are
// ours, and the outbound client reads an answer up to outbound.MaxResponseBody.
func peek(body *io.ReadCloser) ([]byte, error) {
	if *body == nil || *body == http.NoBody {
		return nil, nil
	}
	read, err := io.ReadAll(io.LimitReader(*body, outbound.MaxResponseBody))
	*body = readCloser{io.MultiReader(bytes.NewReader(read), *body), *body}
	return read, err
}

type readCloser struct {
	io.Reader
	io.Closer
}

// body redacts before it cuts, so that no half of a secret is left at the cut.
// It reports whether the body was longer than what is kept.
func (r *Recorder) body(b []byte) (text string, cut bool) {
	text = r.text(string(b))
	if len(text) > MaxRecordedBody {
		return strings.ToValidUTF8(text[:MaxRecordedBody], ""), true
	}
	return text, len(b) == outbound.MaxResponseBody // peek and the client stop there
}

// text returns the text redacted and in a form that PostgreSQL can store.
func (r *Recorder) text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(r.redactor.Text(s), "\uFFFD"), "\x00", "\uFFFD")
}

func (r *Recorder) header(h http.Header) http.Header {
	clean := r.redactor.Header(h)
	for name, values := range clean {
		for i, value := range values {
			clean[name][i] = r.text(value)
		}
	}
	return clean
}

// redact replaces an error's text; errors.Is and As still find the cause.
func (r *Recorder) redact(err error) error {
	shown := err
	var withURL *url.Error
	if errors.As(err, &withURL) {
		shown = withURL.Err
	}
	return redactedError{text: r.text(shown.Error()), err: shown}
}

type redactedError struct {
	text string
	err  error
}

func (e redactedError) Error() string { return e.text }
func (e redactedError) Unwrap() error { return e.err }
