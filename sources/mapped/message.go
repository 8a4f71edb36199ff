package mapped

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ringback/internal/unread"
	"ringback/sources"
)

// The bounds of a message.
const (
	mostValues = 50_000 // roughly: separators are counted
	deepest    = 64     // objects and lists within each other
)

// builder makes one object of a message.
type builder struct {
	root map[string]any
	left int // how many values there may still be
}

// messageOf returns the message as one object: the parameters of the address, except for
// secrets, and the fields of the body, which count if both have one of the same name. A
// JSON body that is no object is in the field body.
func (s *Source) messageOf(r sources.Request, set sources.Settings) (map[string]any, error) {
	b := &builder{root: map[string]any{}, left: mostValues}
	if r.URL != nil {
		b.addForm(r.URL.RawQuery)
		for _, name := range s.AddressSecrets(set) {
			delete(b.root, name)
		}
	}
	if r.Method != http.MethodGet {
		if err := b.addBody(r.Header.Get("Content-Type"), r.Body); err != nil {
			return nil, err
		}
	}
	switch {
	case b.left < 0:
		return nil, unread.New(unread.TooManyValues, "")
	case len(b.root) == 0:
		return nil, unread.New(unread.NotForm, "")
	}
	return b.root, nil
}

func (b *builder) addBody(contentType string, body []byte) error {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	kind, parameters, _ := mime.ParseMediaType(contentType) // one that cannot be read is empty
	switch {
	case len(body) == 0:
	case kind == "multipart/form-data":
		b.addParts(body, parameters["boundary"])
	case body[0] == '{', body[0] == '[', strings.HasSuffix(kind, "json"):
		value, ok := b.decode(body)
		object, isObject := value.(map[string]any)
		switch {
		case !ok:
			return unread.New(unread.NotJSON, "")
		case isObject:
			maps.Copy(b.root, object)
		default:
			b.root["body"] = value
		}
	default:
		b.addForm(string(body))
	}
	return nil
}

// decode returns the value of a JSON text, and reports whether it is one. It is nil if the
// message has too many values.
func (b *builder) decode(text []byte) (any, bool) {
	for _, separator := range []string{",", "{", "["} {
		b.left -= bytes.Count(text, []byte(separator))
	}
	if b.left < 0 {
		return nil, true
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // an id may have more digits than a float holds
	var value any
	if decoder.Decode(&value) != nil {
		return nil, false
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) { // a second message would be lost
		return nil, false
	}
	if !isShallow(value, deepest) {
		b.left = -1
		return nil, true
	}
	return value, true
}

func isShallow(value any, levels int) bool {
	switch value := value.(type) {
	case map[string]any:
		for _, inner := range value {
			if levels == 0 || !isShallow(inner, levels-1) {
				return false
			}
		}
	case []any:
		return !slices.ContainsFunc(value, func(inner any) bool { return levels == 0 || !isShallow(inner, levels-1) })
	}
	return true
}

// addForm adds the fields of a form.
func (b *builder) addForm(text string) {
	if b.left -= strings.Count(text, "&"); b.left < 0 {
		return
	}
	form, _ := url.ParseQuery(strings.ReplaceAll(text, ";", "%3B")) // what can be read of it counts
	for name, values := range form {
		b.addField(name, values)
	}
}

// addField adds a field of a form. Several values are a list. A value that holds JSON
// is read as JSON: some providers send one field with all of the message.
func (b *builder) addField(name string, texts []string) {
	values := make([]any, 0, len(texts))
	for _, text := range texts {
		var value any = text
		if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[") {
			if decoded, ok := b.decode([]byte(trimmed)); ok {
				value = decoded
			}
		}
		values = append(values, value)
	}
	if len(values) == 1 {
		b.root[name] = values[0]
		return
	}
	b.root[name] = values
}

// addParts adds the fields of a form with parts. Files are left out.
func (b *builder) addParts(body []byte, boundary string) {
	reader := multipart.NewReader(bytes.NewReader(body), boundary)
	for ; b.left >= 0; b.left-- {
		part, err := reader.NextPart()
		if err != nil { // the end, or what cannot be read
			return
		}
		if part.FileName() != "" || part.FormName() == "" {
			continue
		}
		value, _ := io.ReadAll(part) // the body is in memory, so it ends where it ends
		b.addField(part.FormName(), []string{string(value)})
	}
}

// textOf returns the text of a value, empty for an object or a list.
func textOf(value any) string {
	switch value := value.(type) {
	case string:
		return strings.TrimSpace(value)
	case json.Number:
		return value.String()
	case bool:
		return strconv.FormatBool(value)
	default:
		return ""
	}
}
