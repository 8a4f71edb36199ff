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
)

// The address of a message that was made of a listed call has the parameter
// EventParameter with the value Event. Parse reads such a message like one that the
// provider sent. No message from outside may have it.
const (
	EventParameter = "event"
	Event          = "listed"
)

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
	Now      time.Time // when it is asked
}

// Page is a part of a list of calls.
type Page struct {
	Messages []sources.Request // one for each call, to be read by Parse
	Total    int               // calls of all pages together, zero if unknown
	More     bool              // whether there is another page
}

// Message returns the message of a listed call.
func (q Query) Message(contentType string, body []byte) sources.Request {
	return sources.Request{
		Method: http.MethodPost, URL: &url.URL{RawQuery: EventParameter + "=" + Event},
		Header: http.Header{"Content-Type": {contentType}}, Body: body, ReceivedAt: q.Now,
	}
}

// Objects returns a page of calls that are JSON objects, as a list with this number of
// pages has them.
func (q Query) Objects(calls []json.RawMessage, pages, total int) Page {
	page := Page{Total: total, More: q.Page < pages}
	for _, call := range calls {
		page.Messages = append(page.Messages, q.Message("application/json", call))
	}
	return page
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
