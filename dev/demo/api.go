package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// API calls Ringback's HTTP API, as any customer's system would.
type API struct {
	URL   string // without a slash at the end: http://127.0.0.1:8080
	Token string
}

// Page is the address of a page for people, who are signed in by the link that is printed last.
func (a API) Page(path string) string { return a.URL + path }

// problem is what the API answers to a request it refuses (RFC 9457).
type problem struct {
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Errors []struct {
		Field    string `json:"field"`
		Expected string `json:"expected"`
	} `json:"errors"`
}

// ErrGone is returned if something does not exist any more.
var ErrGone = errors.New("the demonstration's site or integration was deleted")

// do sends a request below /api/v1 and reads its answer into out, which may be nil.
func (a API) do(ctx context.Context, method, path string, body, out any) error {
	payload, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("writing the body of %s %s: %w", method, path, err)
	}
	request, err := http.NewRequestWithContext(ctx, method, a.URL+"/api/v1"+path, bytes.NewReader(payload))
	if err != nil {
		return fmt.Errorf("preparing %s %s: %w", method, path, err)
	}
	request.Header.Set("Authorization", "Bearer "+a.Token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("asking the API: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == http.StatusNotFound {
		return ErrGone
	}
	if response.StatusCode/100 != 2 {
		var p problem
		_ = json.NewDecoder(response.Body).Decode(&p) // the status is enough if there is no problem to read
		return fmt.Errorf("%s %s answered %s: %s %s %v", method, path, response.Status, p.Title, p.Detail, p.Errors)
	}
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(response.Body).Decode(out); err != nil {
		return fmt.Errorf("reading the answer to %s %s: %w", method, path, err)
	}
	return nil
}

// created is the id in the answer to a request that creates something.
type created struct {
	ID string `json:"id"`
}

// accepted is the answer to an event or a lead.
type accepted struct {
	ConversionID string `json:"conversion_id"`
}

// conversion is what the demonstration shows of a conversion.
type conversion struct {
	ID          string     `json:"id"`
	State       string     `json:"state"`
	WorkflowURL string     `json:"workflow_url"`
	Decisions   []decision `json:"decisions"`
	Deliveries  []delivery `json:"deliveries"`
}

type decision struct {
	Explanation string `json:"explanation"` // one sentence: sent or skipped, and why
}

type delivery struct {
	State       string `json:"state"`
	Explanation string `json:"explanation"` // the reason, for people
	Attempts    []struct {
		Status int `json:"status"`
	} `json:"attempts"`
}
