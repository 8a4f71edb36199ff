// Package listing defines sources whose provider has an API that lists calls, so that
// calls are found whose messages never came. It has what the packages of these sources
// share: the settings, the requests and their errors.
//
// It must not know any provider, when one is asked, or what is done with a call.
package listing

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"ringback/internal/delivery"
	"ringback/internal/settings"
	"ringback/sources"
	"ringback/sources/lenient"
)

// The address of a message that was made of a listed call has the parameter
// EventParameter with the value Event. Parse reads such a message like one that the
// provider sent. No message from outside may have it.
const (
	EventParameter = "event"
	Event          = "listed"
)

// Lists reports whether a message was made of a listed call.
func Lists(r sources.Request) bool {
	return r.URL != nil && r.URL.Query().Get(EventParameter) == Event
}

// Source is a source whose provider lists calls.
type Source interface {
	sources.Source
	// Account returns a text that identifies the account at the provider whose calls
	// are listed. It is empty if the owner has not given what the API needs.
	Account(s sources.Settings) string
	// List returns one page of the calls that began within the span, the oldest first
	// if the provider can sort them. Calls near the span may be among them. An error
	// that the owner should know of is an *Error.
	List(ctx context.Context, client delivery.Doer, s sources.Settings, q Query) (Page, error)
}

// Query asks for a page.
type Query struct {
	From, To time.Time // when calls began; both are included
	Page     int       // counted from 1
	Size     int       // how many calls a page has at most; zero means as many as the provider allows
	Now      time.Time // when it is asked
}

// Page is a part of a list of calls.
type Page struct {
	Messages []sources.Request // one for each call, to be read by Parse
	IDs      []string          // the provider's ids of these calls; one is empty if it cannot be read
	Size     int               // how many calls were asked for
	More     bool              // whether there is another page
}

// Counts are the numbers of a list that come with each of its pages.
type Counts struct {
	Pages int // zero if unknown
	Calls int // of all pages together, zero if unknown
}

// Message returns the message of a listed call.
func (q Query) Message(contentType string, body []byte) sources.Request {
	return sources.Request{
		Method: http.MethodPost, URL: &url.URL{RawQuery: EventParameter + "=" + Event},
		Header: http.Header{"Content-Type": {contentType}}, Body: body, ReceivedAt: q.Now,
	}
}

// Of returns the query with the size of its page, if the provider's pages have at most
// so many calls.
func (q Query) Of(largest int) Query {
	if q.Size == 0 || q.Size > largest {
		q.Size = largest
	}
	return q
}

// Result returns a page of calls, whose ids are in this field. Each call is a JSON object,
// of which message makes a message. Without the number of pages, a page that is not full
// is the last one.
func (q Query) Result(calls []json.RawMessage, id string, c Counts, message func(json.RawMessage) sources.Request) Page {
	page := Page{Size: q.Size}
	switch read := (q.Page-1)*q.Size + len(calls); {
	case c.Pages > 0:
		page.More = q.Page < c.Pages
	case c.Calls > 0:
		page.More = len(calls) > 0 && read < c.Calls
	default:
		page.More = len(calls) >= q.Size
	}
	for _, call := range calls {
		page.Messages = append(page.Messages, message(call))
		page.IDs = append(page.IDs, idOf(call, id))
	}
	return page
}

// JSON returns the message of a listed call that is read like the provider's own
// messages.
func (q Query) JSON(call json.RawMessage) sources.Request {
	return q.Message("application/json", call)
}

// idOf returns the id of a call, empty if it has none.
func idOf(call json.RawMessage, field string) string {
	var fields map[string]json.RawMessage
	var id lenient.Text
	if json.Unmarshal(call, &fields) != nil || json.Unmarshal(fields[field], &id) != nil {
		return ""
	}
	return string(id)
}

// Days returns the first and the last day of the span, as the account's zone has them.
func (q Query) Days(zone *time.Location) (first, last time.Time) {
	if zone == nil {
		zone = time.UTC
	}
	return q.From.In(zone), q.To.In(zone)
}

// Form adds the options and the credentials of the provider's API to a source's form.
// The source's own credentials check messages, and are never sent.
func Form(of settings.Form, d Defaults, options, credentials []settings.Field) settings.Form {
	var form settings.Form
	form.Options = append(append(append(form.Options, of.Options...), options...), shared(d)...)
	for _, f := range of.Credentials {
		f.Stays = true
		form.Credentials = append(form.Credentials, f)
	}
	form.Credentials = append(form.Credentials, credentials...)
	return form
}
