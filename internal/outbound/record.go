package outbound

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/destinations"
)

// MaxRecordedBody is how much of a request's or an answer's body is kept, in bytes.
const MaxRecordedBody = 16 << 10

// Exchange is one request and what came back, fit to be stored and shown:
// redacted, cut to length, valid UTF-8 without zero bytes. It still holds personal data.
type Exchange struct {
	Method         string        `json:"method"`
	URL            string        `json:"url"`
	RequestHeader  http.Header   `json:"request_header"`
	RequestBody    string        `json:"request_body"`
	RequestCut     bool          `json:"request_cut,omitempty"` // the body was longer
	Status         int           `json:"status"`                // 0: no answer
	ResponseHeader http.Header   `json:"response_header,omitempty"`
	ResponseBody   string        `json:"response_body"`
	ResponseCut    bool          `json:"response_cut,omitempty"`
	StartedAt      time.Time     `json:"started_at"`
	Duration       time.Duration `json:"duration"`
	Error          string        `json:"error,omitempty"` // why there was no answer
}

// Recorder is the Doer of one attempt. It keeps what goes through it.
// It is for one goroutine.
type Recorder struct {
	next      destinations.Doer
	redactor  *destinations.Redactor
	clock     clockwork.Clock
	exchanges []Exchange
}

// NewRecorder makes the recorder of an attempt whose secrets the redactor knows.
func NewRecorder(next destinations.Doer, redactor *destinations.Redactor, clock clockwork.Clock) *Recorder {
	return &Recorder{next: next, redactor: redactor, clock: clock}
}

// Exchanges are those recorded so far, in order. An attempt that failed before
// it sent anything has none; most have one.
func (r *Recorder) Exchanges() []Exchange { return r.exchanges }

// Do sends the request through the next Doer and records it. The error that it
// gives has no secret in its text.
func (r *Recorder) Do(req *http.Request) (*http.Response, error) {
	sent, err := peek(&req.Body)
	if err != nil {
		return nil, err
	}
	started := r.clock.Now()
	resp, err := r.next.Do(req)
	exchange := Exchange{
		Method:        req.Method,
		URL:           r.text(req.URL.Redacted()),
		RequestHeader: r.header(req.Header),
		StartedAt:     started.UTC().Truncate(time.Microsecond),
	}
	exchange.RequestBody, exchange.RequestCut = r.body(sent)
	if err != nil {
		err = r.redact(err)
		exchange.Error = err.Error()
	} else {
		got, _ := peek(&resp.Body) // what breaks off is recorded as far as it came
		exchange.Status = resp.StatusCode
		exchange.ResponseHeader = r.header(resp.Header)
		exchange.ResponseBody, exchange.ResponseCut = r.body(got)
	}
	exchange.Duration = r.clock.Since(started)
	r.exchanges = append(r.exchanges, exchange)
	return resp, err
}

// peek reads a body and puts it back. Both sides are bounded: requests are
// ours, and the Client has read an answer up to MaxResponseBody.
func peek(body *io.ReadCloser) ([]byte, error) {
	if *body == nil || *body == http.NoBody {
		return nil, nil
	}
	read, err := io.ReadAll(io.LimitReader(*body, MaxResponseBody))
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
	return text, len(b) == MaxResponseBody // peek and the Client stop there
}

// text makes text that PostgreSQL can store.
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

// redact rewrites an error's text; errors.Is and As still see what it was.
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
