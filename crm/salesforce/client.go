package salesforce

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"ringback/internal/outbound"
	"ringback/internal/settings"
)

// maxBody is how many bytes of an answer are read. The description of an object with
// hundreds of fields, and a page of 2,000 rows, are longer than usual answers.
const maxBody = 8 << 20

// Client makes the requests of one task, such as one attempt. It is for one goroutine.
type Client struct {
	org        *Org
	connection Connection
	tokens     settings.Tokens
	doer       Doer
}

// Client returns a client that sends through this Doer. What it reads about the org
// is kept for the clients after it.
func (o *Orgs) Client(doer Doer, to Connection) *Client {
	c := &Client{org: o.of(to), connection: to, tokens: to.Tokens, doer: doer}
	if c.tokens == nil {
		c.tokens = &settings.MemoryTokens{}
	}
	return c
}

// call is one request of the API.
type call struct {
	method string
	path   string // after the version
	query  url.Values
	body   any // sent as JSON; nil if there is none
	header http.Header
}

// answer is the answer to a call.
type answer struct {
	status int
	body   []byte
}

// do makes a call. If the session has ended, it renews the tokens and makes the call
// once more: Salesforce has done nothing then.
func (c *Client) do(ctx context.Context, of call) (answer, error) {
	tokens, err := c.authorized(ctx)
	if err != nil {
		return answer{}, err
	}
	got, err := c.exchange(ctx, of, tokens)
	if !HasCode(err, CodeInvalidSession) {
		return got, err
	}
	if tokens, err = c.renew(ctx, tokens.Version); err != nil {
		return answer{}, err
	}
	return c.exchange(ctx, of, tokens)
}

func (c *Client) exchange(ctx context.Context, of call, tokens settings.TokenSet) (answer, error) {
	req, err := c.request(ctx, of)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+tokens.Values[accessToken])
	resp, err := c.doer.Do(req)
	if err != nil {
		return answer{}, &Error{Err: err}
	}
	c.org.use(resp.Header)
	body := readAll(resp)
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		failed := errorOf(resp, body)
		if failed.Code == CodeRequestLimit {
			c.org.exhaust()
		}
		return answer{}, failed
	}
	return answer{resp.StatusCode, body}, nil
}

func (c *Client) request(ctx context.Context, of call) (*http.Request, error) {
	var body []byte
	if of.body != nil {
		var err error
		if body, err = json.Marshal(of.body); err != nil {
			return nil, fmt.Errorf("encoding a request to Salesforce: %w", err)
		}
	}
	address := c.connection.url("/services/data/" + c.connection.Version + of.path)
	if len(of.query) > 0 {
		address += "?" + of.query.Encode()
	}
	req, err := http.NewRequestWithContext(outbound.WithMaxBody(ctx, maxBody), of.method, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("making a request to Salesforce: %w", err)
	}
	for name, values := range of.header {
		req.Header[name] = values
	}
	req.Header.Set("Accept", "application/json")
	if of.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// read makes a call and decodes its answer.
func (c *Client) read(ctx context.Context, of call, into any) error {
	got, err := c.do(ctx, of)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(got.body, into); err != nil {
		return &Error{Status: got.status, Err: errors.New("the answer is not the JSON that was expected")}
	}
	return nil
}

// HasCode reports whether an error is an answer with one of these codes.
func HasCode(err error, codes ...string) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if e.Code == code {
			return true
		}
	}
	return false
}
