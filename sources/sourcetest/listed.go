package sourcetest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/unread"
	"ringback/sources"
	"ringback/sources/listing"
	"ringback/test/calllistfake"
)

// ListedPage is a page of a provider's list with its right result, as it is in a file of
// testdata/listed. The page is built from docs/facts, and marked as the fields of a Sample
// are; the fields of a call have the name of the list before a point.
type ListedPage struct {
	About string            `json:"about"`
	Asked time.Time         `json:"asked"`
	Page  json.RawMessage   `json:"page"`
	Marks map[string]string `json:"marks"`

	More  bool         `json:"more"`
	Calls []ListedCall `json:"calls"` // in the order of the page

	file string
}

// ListedCall is what is read of a call of a page.
type ListedCall struct {
	ID      string           `json:"id"`
	Reports []Reported       `json:"reports"`
	LeftOut sources.Omission `json:"left_out,omitempty"`
	Unread  *unread.Defect   `json:"unread,omitempty"`
}

// listedPages reads the pages of the package under test.
func listedPages(t testing.TB) []ListedPage {
	t.Helper()
	return readAll(t, "testdata/listed/*.json", func(file string) ListedPage { return ListedPage{file: file} })
}

// answering is a client that is answered with a page.
type answering []byte

// Do implements delivery.Doer.
func (a answering) Do(*http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	_, _ = answer.Write(a)
	return answer.Result(), nil
}

// list returns what the source makes of an answer of its provider.
func (l List) list(t testing.TB, answer []byte, asked time.Time) (listing.Page, sources.Settings, error) {
	t.Helper()
	s := l.Settings("https://api.example.com", calllistfake.Key)
	page, err := l.Source.List(t.Context(), answering(answer), s, listing.Query{From: asked.Add(-time.Hour), To: asked, Page: 1, Now: asked})
	if err != nil {
		var failed *listing.Error
		require.ErrorAs(t, err, &failed)
		require.Empty(t, page.Messages)
	}
	require.Len(t, page.IDs, len(page.Messages))
	return page, s, err
}

// RunSamples reads every page in the package's testdata.
func (l List) RunSamples(t *testing.T) {
	t.Helper()
	pages := listedPages(t)
	require.NotEmpty(t, pages)
	for _, sample := range pages {
		require.NotEmpty(t, sample.About, sample.file)
		sample.requireMarks(t)
		got := sample
		page, s, err := l.list(t, sample.Page, sample.Asked)
		require.NoError(t, err, sample.file)
		got.More, got.Calls = page.More, []ListedCall{}
		for i, message := range page.Messages {
			got.Calls = append(got.Calls, l.read(t, message, page.IDs[i], s))
		}
		if *update {
			write(t, sample.file, got)
			continue
		}
		require.Equal(t, asJSON(t, sample), asJSON(t, got), sample.file)
	}
}

// read returns what is read of a listed call.
func (l List) read(t testing.TB, message sources.Request, id string, s sources.Settings) ListedCall {
	t.Helper()
	reading, err := l.Source.Parse(message, s)
	call := ListedCall{ID: id, Reports: reported(reading.Reports), LeftOut: reading.LeftOut}
	if err != nil {
		var reason *unread.Error
		require.ErrorAs(t, err, &reason)
		require.Contains(t, unread.Codes(), reason.Reason.Code)
		require.Empty(t, reading.Reports)
		call.Unread = &reason.Reason
	}
	for _, report := range reading.Reports {
		RequireNormalized(t, report)
	}
	return call
}

// requireMarks checks that each field of the page and of its calls has a mark.
func (p ListedPage) requireMarks(t *testing.T) {
	t.Helper()
	var page map[string]any
	require.NoError(t, json.Unmarshal(p.Page, &page), p.file)
	var fields []string
	for name, value := range page {
		calls, isList := value.([]any)
		if !isList {
			fields = append(fields, name)
		}
		for _, call := range calls {
			if object, is := call.(map[string]any); is {
				fields = append(fields, paths(name+".", object)...)
			}
		}
	}
	for _, field := range fields {
		require.True(t, Sample{Marks: p.Marks}.isMarked(field), "%s: the field %s has no mark of %v", p.file, field, marks)
	}
}

// Fuzz reads pages that begin as those in the package's testdata.
func (l List) Fuzz(f *testing.F) {
	for _, sample := range listedPages(f) {
		f.Add([]byte(sample.Page))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		page, s, err := l.list(t, answer, l.Asked)
		if err != nil {
			return
		}
		require.Positive(t, page.Size)
		for i, message := range page.Messages {
			l.read(t, message, page.IDs[i], s)
		}
		again, _, err := l.list(t, answer, l.Asked)
		require.NoError(t, err)
		require.Equal(t, page, again)
	})
}
