package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"testing"
	"time"
)

// API is a client of Ringback's HTTP API.
type API struct {
	t     testing.TB
	base  string
	token string
	http  *http.Client
}

// NewAPI returns a client for the service at this base URL.
func NewAPI(t testing.TB, base, token string) *API {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 512 // benchmarks send a thousand requests a second
	return &API{t: t, base: base, token: token, http: &http.Client{Timeout: time.Minute, Transport: transport}}
}

// JSON is a decoded JSON object.
type JSON = map[string]any

// Try makes a request and returns the status and the decoded answer; err is a transport error.
func (a *API) Try(method, path string, body any) (int, JSON, error) {
	status, raw, err := a.send(method, path, body)
	if err != nil {
		return 0, nil, err
	}
	var out JSON
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out); err != nil {
			return status, JSON{"raw": string(raw)}, nil
		}
	}
	return status, out, nil
}

// Fetch returns an answer as it was sent. It must be a success.
func (a *API) Fetch(path string) []byte {
	a.t.Helper()
	status, raw, err := a.send(http.MethodGet, path, nil)
	if err != nil || status != http.StatusOK {
		a.t.Fatalf("%s answered %d %s: %v", path, status, raw, err)
	}
	return raw
}

// send makes a request and returns the status and the body of the answer.
func (a *API) send(method, path string, body any) (int, []byte, error) {
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, a.base+path, in)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	res, err := a.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	return res.StatusCode, raw, err
}

// Must makes a request that must succeed with a 2xx.
func (a *API) Must(method, path string, body any) JSON {
	a.t.Helper()
	status, out, err := a.Try(method, path, body)
	if err != nil {
		a.t.Fatalf("%s %s: %v", method, path, err)
	}
	if status/100 != 2 {
		a.t.Fatalf("%s %s answered %d: %v", method, path, status, out)
	}
	return out
}

// Site makes a site and returns its id.
func (a *API) Site(settings JSON) string {
	a.t.Helper()
	body := JSON{"name": "Sample shop", "domains": []string{"shop.example.com"}, "time_zone": "UTC"}
	maps.Copy(body, settings)
	return a.Must("POST", "/api/v1/sites", body)["id"].(string)
}

// Webhook creates a webhook integration that sends every call and lead.
func (a *API) Webhook(site, url string, settings JSON) string {
	a.t.Helper()
	return a.integration(site, JSON{
		"type": "webhook", "name": "Sample webhook",
		"credentials": JSON{"signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
		"options":     JSON{"url": url},
	}, settings)
}

// RTBHouse creates an RTB House integration that sends every call and lead.
func (a *API) RTBHouse(site, baseURL string, settings JSON) string {
	a.t.Helper()
	return a.integration(site, JSON{
		"type": "rtbhouse", "name": "RTB House",
		"credentials": JSON{"pkey": "sample-pkey", "tagging_hash": "abcdefghij0123456789"},
		"options":     JSON{"base_url": baseURL},
	}, settings)
}

// Salesforce creates a Salesforce integration that sends every call and lead, for the
// sample credentials of the imitation.
func (a *API) Salesforce(site, baseURL string, options JSON) string {
	a.t.Helper()
	all := JSON{"my_domain": baseURL}
	maps.Copy(all, options)
	return a.integration(site, JSON{
		"type": "salesforce", "name": "Salesforce",
		"credentials": JSON{"client_id": "sample-consumer-key", "client_secret": "sample-consumer-secret"},
		"options":     all,
	}, nil)
}

// integration creates an integration that sends every call and lead, with these
// settings in place of its own, and returns its id.
func (a *API) integration(site string, body, settings JSON) string {
	a.t.Helper()
	body["enabled"] = true
	body["calls"], body["leads"] = JSON{"metrics": []string{"all"}}, JSON{"metrics": []string{"all"}}
	// An attempt takes long on a busy machine. It is repeated if it is cut off, so only a
	// test of timeouts has shorter ones.
	body["delivery"] = JSON{"timeout_seconds": 30}
	maps.Copy(body, settings)
	return a.Must("POST", "/api/v1/sites/"+site+"/integrations", body)["id"].(string)
}

// WaitConversion polls a conversion until fits returns true.
func (a *API) WaitConversion(id string, within time.Duration, fits func(JSON) bool) JSON {
	a.t.Helper()
	var last JSON
	a.WaitFor(fmt.Sprintf("conversion %s", id), within, func() bool {
		status, out, err := a.Try("GET", "/api/v1/conversions/"+id, nil)
		last = out
		return err == nil && status == http.StatusOK && fits(out)
	}, func() string { return fmt.Sprint(last) })
	return last
}

// WaitFor polls until the condition holds.
func (a *API) WaitFor(what string, within time.Duration, holds func() bool, last func() string) {
	a.t.Helper()
	if !poll(within, holds) {
		a.t.Fatalf("%s: condition not met within %v: %s", what, within, last())
	}
}

// Done reports whether a conversion has its end state.
func Done(c JSON) bool { return c["state"] == "done" }
