package salesforce

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// Object is an object as the connected user sees it. Fields that the user may not see
// are missing.
type Object struct {
	Name       string  `json:"name"`
	Createable bool    `json:"createable"`
	Fields     []Field `json:"fields"`
}

// Field is a field of an object.
type Field struct {
	Name       string   `json:"name"`
	Type       string   `json:"type"`   // string, picklist, datetime, ...
	Length     int      `json:"length"` // in characters; zero if it has no length
	Createable bool     `json:"createable"`
	Filterable bool     `json:"filterable"`
	ExternalID bool     `json:"externalId"`
	Restricted bool     `json:"restrictedPicklist"`
	Values     []Choice `json:"picklistValues"`
}

// Choice is a value of a picklist.
type Choice struct {
	Value  string `json:"value"`
	Active bool   `json:"active"`
}

// Field returns the field of this name.
func (o Object) Field(name string) (Field, bool) {
	i := slices.IndexFunc(o.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return o.Fields[i], true
}

// CanCreate reports whether the connected user may set this field of a new record.
func (o Object) CanCreate(name string) bool {
	f, ok := o.Field(name)
	return ok && f.Createable
}

// Accepts reports whether the field takes this value. Only restricted picklists refuse
// values.
func (f Field) Accepts(value string) bool {
	return !f.Restricted || slices.ContainsFunc(f.Values, func(c Choice) bool { return c.Active && c.Value == value })
}

// Describe returns the description of an object, which may be an hour old.
func (c *Client) Describe(ctx context.Context, name string) (Object, error) {
	if known, ok := c.described(name); ok {
		return known, nil
	}
	var object Object
	err := c.read(ctx, call{method: http.MethodGet, path: "/sobjects/" + url.PathEscape(name) + "/describe"}, &object)
	if err != nil {
		return Object{}, fmt.Errorf("describing %s: %w", name, err)
	}
	c.org.mu.Lock()
	defer c.org.mu.Unlock()
	c.org.objects[name] = described{object, c.org.clock.Now()}
	return object, nil
}

func (c *Client) described(name string) (Object, bool) {
	c.org.mu.Lock()
	defer c.org.mu.Unlock()
	known, ok := c.org.objects[name]
	return known.object, ok && c.org.clock.Since(known.at) < describedFor
}

// Forget drops the description of an object, because an answer contradicts it. It
// reports whether there was one.
func (c *Client) Forget(name string) bool {
	c.org.mu.Lock()
	defer c.org.mu.Unlock()
	_, known := c.org.objects[name]
	delete(c.org.objects, name)
	return known
}
