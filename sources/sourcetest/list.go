package sourcetest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/internal/outbound"
	"ringback/internal/sourcestatus"
	"ringback/sources"
	"ringback/sources/listing"
	"ringback/test/calllistfake"
)

// List is a source whose provider's list of calls is under test.
type List struct {
	Source listing.Source
	// Settings returns complete settings of the API at an address, with this key.
	Settings func(address, key string) sources.Settings
	Zone     *time.Location // of the account at the provider; nil means UTC
	IDs      []string       // of three calls
	Caller   string         // as the provider writes it
	Began    time.Time      // of the first call
	Tags     []string
	Asked    time.Time // when the list is asked for
}

// Run has an imitation of the provider list three calls of 95 seconds on two pages. It
// checks what every list has in common, and returns what was read of the first call and
// what the first page was asked for with.
func (l List) Run(t *testing.T) (first sources.Reading, asked url.Values) {
	t.Helper()
	provider := &calllistfake.Server{LargestPage: 2, Zone: l.Zone}
	server := httptest.NewServer(provider)
	t.Cleanup(server.Close)
	client := outbound.New(outbound.Options{AllowPrivate: true})
	t.Cleanup(client.Close)
	for i, id := range l.IDs {
		provider.Put(calllistfake.Call{ID: id, At: l.Began.Add(time.Duration(i) * time.Minute), Seconds: 95, Answered: true, Caller: l.Caller, Tags: l.Tags})
	}
	s, query := l.Settings(server.URL, calllistfake.Key), listing.Query{From: l.Began, To: l.Began.Add(time.Hour), Page: 1, Now: l.Asked}
	require.Empty(t, l.Source.Validate(s))
	for _, message := range l.pages(t, client, s, query) {
		reading, err := l.Source.Parse(message, s)
		require.NoError(t, err)
		if reading.Reports[0].ExternalID == l.IDs[0] {
			first = reading
			s.Options["api_tags"] = "at_end"
			atEnd, err := l.Source.Parse(message, s)
			require.NoError(t, err)
			require.Equal(t, l.Tags, eventOf(t, atEnd, conversion.EventEnded).Event.Tags)
			delete(s.Options, "api_tags")
		}
	}
	l.checkCall(t, first)

	var refused *listing.Error
	_, err := l.Source.List(t.Context(), client, l.Settings(server.URL, "another"), query)
	require.ErrorAs(t, err, &refused)
	require.Equal(t, sourcestatus.Problem{Code: sourcestatus.Refused, Status: http.StatusUnauthorized}, refused.Problem)
	return first, provider.Requests()[0].Query
}

// pages returns the messages of both pages.
func (l List) pages(t *testing.T, client delivery.Doer, s sources.Settings, query listing.Query) (messages []sources.Request) {
	t.Helper()
	for _, size := range []int{2, 1} {
		page, err := l.Source.List(t.Context(), client, s, query)
		require.NoError(t, err)
		require.Equal(t, size == 2, page.More)
		require.Len(t, page.IDs, size)
		require.Len(t, page.Messages, size)
		messages = append(messages, page.Messages...)
		query.Page++
	}
	return messages
}

// checkCall checks what was read of the first call.
func (l List) checkCall(t *testing.T, reading sources.Reading) {
	t.Helper()
	require.NotEmpty(t, reading.Reports)
	require.Equal(t, conversion.EventStarted, reading.Reports[0].Event.Type)
	require.True(t, l.Began.Equal(reading.Reports[0].Event.At))
	end := eventOf(t, reading, conversion.EventEnded).Event
	require.Equal(t, conversion.OutcomeAnswered, end.Outcome)
	require.Equal(t, 95, *end.TalkSeconds)
	require.Empty(t, end.Tags, "R6: when a tag was set is not known")
	tags := eventOf(t, reading, conversion.EventTagged)
	require.True(t, tags.OnlyIfKnown)
	require.Equal(t, l.Tags, tags.Event.Tags)
	require.Equal(t, l.Asked, tags.Event.At)
}

// eventOf returns the report of an event of this type.
func eventOf(t *testing.T, reading sources.Reading, of conversion.EventType) sources.Report {
	t.Helper()
	for _, report := range reading.Reports {
		if report.Event.Type == of {
			return report
		}
	}
	require.Fail(t, "there is no such event", of)
	return sources.Report{}
}
