package salesforce

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// Values are the fields of a record, by API name.
type Values map[string]any

// Saved is a record that was created or changed.
type Saved struct {
	Status int
	ID     string // empty if the answer could not be read, which is a success all the same
}

// Create creates a record. The header may be nil.
func (c *Client) Create(ctx context.Context, object string, values Values, header http.Header) (Saved, error) {
	return c.save(ctx, call{method: http.MethodPost, path: "/sobjects/" + object, body: values, header: header})
}

// Upsert creates the record whose external id is this one, or changes it if there is
// one. It may be repeated any number of times. Status 300 means that several have it.
func (c *Client) Upsert(ctx context.Context, object, field, id string, values Values) (Saved, error) {
	return c.save(ctx, call{method: http.MethodPatch, path: "/sobjects/" + object + "/" + field + "/" + url.PathEscape(id), body: values})
}

// Delete deletes a record. A record that is deleted already counts as a success.
func (c *Client) Delete(ctx context.Context, object, id string) (Saved, error) {
	saved, err := c.save(ctx, call{method: http.MethodDelete, path: "/sobjects/" + object + "/" + url.PathEscape(id)})
	if HasCode(err, CodeDeleted) {
		return Saved{Status: http.StatusNotFound, ID: id}, nil
	}
	return saved, err
}

func (c *Client) save(ctx context.Context, of call) (Saved, error) {
	got, err := c.do(ctx, of)
	if err != nil {
		return Saved{}, fmt.Errorf("saving a record: %w", err)
	}
	var body struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(got.body, &body) // the status is the answer
	return Saved{Status: got.status, ID: body.ID}, nil
}
