package sourcetest

import (
	"encoding/json"
	"flag"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/unread"
	"ringback/sources"
)

var update = flag.Bool("update", false, "write the results in the sample messages anew")

// Sample is a message of a provider with its right result, as it is in a file of
// testdata/samples. The message is built from docs/facts. Marks has, for each of its
// fields, how certain it is that the provider has a field of that name and meaning.
type Sample struct {
	About    string            `json:"about"`
	Call     string            `json:"call,omitempty"` // the call that several samples are about, in the order of their files
	Method   string            `json:"method"`
	Query    string            `json:"query,omitempty"`
	Body     json.RawMessage   `json:"body,omitempty"` // of a JSON message
	Form     map[string]string `json:"form,omitempty"` // of a form, in the body or, with GET, in the query
	Header   map[string]string `json:"header,omitempty"`
	Received time.Time         `json:"received"`
	Marks    map[string]string `json:"marks"`

	Reports []Reported       `json:"reports"`
	LeftOut sources.Omission `json:"left_out,omitempty"`
	Unread  *unread.Defect   `json:"unread,omitempty"`

	file string
}

// Reported is a report in a sample's result, without the ids that are digests.
type Reported struct {
	ExternalID  string                `json:"external_id"`
	OnlyIfKnown bool                  `json:"only_if_known,omitempty"`
	Event       *conversion.CallEvent `json:"event,omitempty"`
	Lead        *conversion.Lead      `json:"lead,omitempty"`
}

// marks are the degrees of certainty of docs/facts/README.md, and probable for names
// that were seen in receivers of others only.
var marks = []string{"confirmed", "probable", "inferred", "unknown"}

// Samples reads the samples of the package under test.
func Samples(t testing.TB) []Sample {
	t.Helper()
	return readAll(t, "testdata/samples/*.json", func(file string) Sample { return Sample{file: file} })
}

// readAll reads the JSON files that a pattern names, each into what begin returns for it.
func readAll[T any](t testing.TB, pattern string, begin func(file string) T) []T {
	t.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	all := make([]T, 0, len(files))
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		one := begin(file)
		require.NoError(t, json.Unmarshal(data, &one), file)
		all = append(all, one)
	}
	return all
}

// Request returns the message as a source receives it, unsigned.
func (s Sample) Request() sources.Request {
	u := &url.URL{Scheme: "https", Host: "ringback.example.com", Path: "/hooks/sample/key", RawQuery: s.Query}
	r := sources.Request{Method: s.Method, URL: u, Header: http.Header{}, ReceivedAt: s.Received, Body: s.Body}
	for name, value := range s.Header {
		r.Header.Set(name, value)
	}
	if s.Form == nil {
		r.Header.Set("Content-Type", "application/json")
		return r
	}
	fields := url.Values{}
	for name, value := range s.Form {
		fields.Set(name, value)
	}
	if s.Method == http.MethodGet {
		u.RawQuery = strings.TrimPrefix(s.Query+"&"+fields.Encode(), "&")
		return r
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Body = []byte(fields.Encode())
	return r
}

// fields returns the names of the fields of the message: those of nested objects with
// a point between.
func (s Sample) fields(t *testing.T) []string {
	t.Helper()
	var names []string
	for name := range s.Form {
		names = append(names, name)
	}
	if len(s.Body) == 0 {
		return names
	}
	var object map[string]any
	require.NoError(t, json.Unmarshal(s.Body, &object), s.file)
	return append(names, paths("", object)...)
}

func paths(prefix string, object map[string]any) []string {
	var all []string
	for name, value := range object {
		if inner, is := value.(map[string]any); is && len(inner) > 0 {
			all = append(all, paths(prefix+name+".", inner)...)
			continue
		}
		all = append(all, prefix+name)
	}
	return all
}

// isMarked reports whether a field or an object that it is in has a mark.
func (s Sample) isMarked(field string) bool {
	for ; field != ""; field = field[:max(0, strings.LastIndexByte(field, '.'))] {
		if slices.Contains(marks, s.Marks[field]) {
			return true
		}
	}
	return false
}

// reported returns reports as a sample has them. Ids of events that are digests of
// their content are left out.
func reported(reports []sources.Report) []Reported {
	all := []Reported{}
	for _, r := range reports {
		one := Reported{ExternalID: r.ExternalID, OnlyIfKnown: r.OnlyIfKnown, Lead: r.Lead}
		if r.Event != nil {
			event := *r.Event
			if strings.HasPrefix(event.ID, string(event.Type)+"-") {
				event.ID = ""
			}
			one.Event = &event
		}
		all = append(all, one)
	}
	return all
}

// write writes the file of a sample with its result.
func write(t *testing.T, file string, sample any) {
	t.Helper()
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(sample))
	require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
}
