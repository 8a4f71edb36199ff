package listing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"ringback/internal/delivery"
	"ringback/internal/outbound"
	"ringback/internal/sourcestatus"
)

// maxAnswer is how many bytes a page of calls may have.
const maxAnswer = 16 << 20

// Error is why a provider's API was not read. Its text holds nothing of the answer.
type Error struct {
	sourcestatus.Problem
	RetryAfter time.Duration // as the provider asked for, zero if it did not
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("the provider's API was not read: %s (status %d)", e.Code, e.Status)
}

// Request is a request for a page.
type Request struct {
	URL    string // without the query
	Query  url.Values
	Header http.Header
	Now    time.Time
}

// Fetch makes a request and decodes the JSON of its answer. Its errors are of type
// *Error, unless the context has ended.
func Fetch(ctx context.Context, client delivery.Doer, r Request, into any) error {
	req, err := http.NewRequestWithContext(outbound.WithMaxBody(ctx, maxAnswer), http.MethodGet, r.URL+"?"+r.Query.Encode(), http.NoBody)
	if err != nil {
		return &Error{Problem: sourcestatus.Problem{Code: sourcestatus.Unreachable}}
	}
	if r.Header != nil {
		req.Header = r.Header
	}
	req.Header.Set("Accept", "application/json")
	answer, err := client.Do(req)
	if err != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			return fmt.Errorf("asking for calls: %w", ctx.Err())
		}
		return &Error{Problem: sourcestatus.Problem{Code: sourcestatus.Unreachable}}
	}
	defer func() { _ = answer.Body.Close() }()
	problem := sourcestatus.Problem{Code: problemOf(answer.StatusCode), Status: answer.StatusCode}
	if problem.Code != "" {
		return &Error{Problem: problem, RetryAfter: delivery.ParseRetryAfter(answer.Header.Get("Retry-After"), r.Now)}
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil || json.Unmarshal(body, into) != nil { // the decoder's error may quote the answer, so it is dropped
		return Unreadable(answer.StatusCode)
	}
	return nil
}

// Unreadable returns the error of an answer that is not what the provider documents.
func Unreadable(status int) error {
	return &Error{Problem: sourcestatus.Problem{Code: sourcestatus.Unreadable, Status: status}}
}

// problemOf returns what a status means, empty if the request succeeded.
func problemOf(status int) sourcestatus.Code {
	switch {
	case status/100 == 2:
		return ""
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return sourcestatus.Refused
	case status == http.StatusNotFound:
		return sourcestatus.NotFound
	case status == http.StatusTooManyRequests:
		return sourcestatus.Limited
	case status >= http.StatusInternalServerError:
		return sourcestatus.Unavailable
	default:
		return sourcestatus.Unexpected
	}
}
