package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/web/collect"
)

// Nobody can correct a form that was sent: values that cannot be used are left out
// or stored as they were typed, and the lead is accepted.
func TestG1_ALeadIsKeptWhateverIsWrongWithItsValues(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	fields := func(pairs ...string) string {
		var list []string
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, fmt.Sprintf(`{"name":%q,"value":%q}`, pairs[i], pairs[i+1]))
		}
		return `,"fields":[` + strings.Join(list, ",") + `]`
	}
	for i, c := range []struct {
		name, more string
		want       map[string]any // of the lead
		missing    []string
	}{
		{"phone and e-mail by their fields", fields("phone", "202-555-0123", "email", "visitor@example.com", "topic", "offer"),
			map[string]any{"phone": "+12025550123", "email": "visitor@example.com", "fields": map[string]any{"topic": "offer"}}, nil},
		{"what the page says wins", `,"phone":"+442079460123"` + fields("phone", "202-555-0123"), map[string]any{"phone": "+442079460123"}, []string{"fields"}},
		{"a phone that cannot be read", `,"phone":"call me at 5"`, map[string]any{"fields": map[string]any{"phone": "call me at 5"}}, []string{"phone"}},
		{"the other one can be read", `,"phone":"call me at 5"` + fields("phone", "202-555-0123"),
			map[string]any{"phone": "+12025550123", "fields": map[string]any{"phone": "call me at 5"}}, nil},
		{"an e-mail address that is none", `,"email":"visitor@"`, map[string]any{"fields": map[string]any{"email": "visitor@"}}, []string{"email"}},
		{"an e-mail address with a name", `,"email":"V <visitor@example.com>"`, map[string]any{"email": "visitor@example.com"}, []string{"fields"}},
		{"a number in parts", fields("country_code", "+44", "phone", "7911 123456", "topic", "offer"), map[string]any{"phone": "+447911123456", "fields": map[string]any{"topic": "offer"}}, nil},
		{"words around contacts", fields("phone", "call me: 202-555-0123", "email", "visitor@example.com,"),
			map[string]any{"phone": "+12025550123", "email": "visitor@example.com", "fields": map[string]any{"phone": "call me: 202-555-0123"}}, nil},
		{"a withheld phone", `,"phone":"anonymous"`, nil, []string{"phone", "fields"}},
		{"C01: a phone as it is dialled", `,"phone":"*67 202-555-0123"`, map[string]any{"phone": "+12025550123"}, []string{"fields"}},
		{"F15: an e-mail address as in a link", `,"email":"mailto:visitor@example.com?subject=x"`, map[string]any{"email": "visitor@example.com"}, []string{"fields"}},
		{"other types", `,"phone":5,"email":["a"],"name":"N","tags":"sales","fields":{"a":"b"},"form":7,"ids":["x"],"storage":false`, map[string]any{"name": "N", "tags": []any{"sales"}},
			[]string{"phone", "email", "fields", "visitor_ids"}},
		{"one field of another type", `,"fields":[{"name":"a","value":"1"},5,{"name":"b","value":{}},{"name":"c","value":"3"}]`,
			map[string]any{"fields": map[string]any{"a": "1", "c": "3"}}, nil},
		{"F03: lists as Prototype writes them", `,"fields":"[{\"name\":\"a\",\"value\":\"1\"}]","tags":"[\"sales\"]"`,
			map[string]any{"fields": map[string]any{"a": "1"}, "tags": []any{"sales"}}, nil},
		{"zero characters", `,"name":"a\u0000b","tags":["\u0000"," sales ","sales"]`, map[string]any{"name": "ab", "tags": []any{"sales"}}, nil},
		{"half a character", `,"name":"a\ud800"`, map[string]any{"name": "a\uFFFD"}, nil},
		{"too long", `,"name":"` + strings.Repeat("ä", 300) + `","form":"` + strings.Repeat("x", 300) + `","tags":["` + strings.Repeat("y", 200) + `"]`,
			map[string]any{"name": strings.Repeat("ä", 200), "form": strings.Repeat("x", 200), "tags": []any{strings.Repeat("y", 100)}}, nil},
		{"the page's address has a secret", `,"url":"https://www.example.com/contact?token=secret&topic=a#part"`, map[string]any{"page_url": "https://www.example.com/contact?topic=a"}, nil},
	} {
		id := fmt.Sprint(i)
		answer := p.post("leads", lead(id, visitor, c.more))
		require.Equal(t, http.StatusAccepted, answer.Code, "%s: %s", c.name, answer.Body)
		detail, raw := w.stored(id)
		got := detail["events"].([]any)[0].(map[string]any)["lead"].(map[string]any)
		require.NotEmpty(t, got["session_id"], c.name)
		for field, want := range c.want {
			require.Equal(t, want, got[field], "%s: %s", c.name, field)
		}
		for _, field := range c.missing {
			require.NotContains(t, got, field, c.name)
		}
		require.Contains(t, raw, visitor, c.name)
		require.NotContains(t, raw, "secret", c.name)
	}
}

// The script leaves these out already. The server checks again.
func TestD4_WhatMustNotBeKeptIsNotKeptAnywhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/sites/{site}/script", `{"fields":{"Birthday":"never"}}`)
	p := w.page()
	answer := p.post("leads", lead("1", visitor, `,"email":"visitor@example.com","fields":[
		{"name":"pw","type":"password","value":"secret-1"},
		{"name":"a","autocomplete":"cc-number","value":"secret-2"},
		{"name":"b","value":"4111 1111 1111 1111"},
		{"name":"csrf_token","value":"secret-3"},
		{"name":"c","autocomplete":"one-time-code","value":"secret-4"},
		{"name":"birthday","value":"secret-5"},
		{"name":"topic","value":"offer"}]`))
	require.Equal(t, http.StatusAccepted, answer.Code)
	detail, raw := w.stored("1")
	require.Contains(t, raw, `"topic":"offer"`)
	require.Equal(t, map[string]any{"topic": "offer"}, detail["fields"])
	for _, text := range []string{raw, fmt.Sprint(detail), w.log.String()} {
		require.NotContains(t, text, "secret-")
		require.NotRegexp(t, `4111\W?1111`, text)
	}
}

// If all forms count, searches and filters are sent too.
func TestUnmarkedFormsAreLeadsOnlyWithAContact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	metrics := limited(w, collect.Limits{})
	field := func(name, value string) string {
		return `,"fields":[{"name":"` + name + `","type":"text","value":"` + value + `"}]`
	}
	for i, c := range []struct {
		name, more string
		status     int
		stored     bool
	}{
		{"a search", `,"auto":true` + field("q", "shoes"), 202, false},
		{"a name alone", `,"auto":true` + field("name", "A B"), 202, false},
		{"a phone", `,"auto":true` + field("phone", "(202) 555-0123"), 202, true},
		{"an address", `,"auto":true` + field("email", "visitor@example.com"), 202, true},
		{"a phone that was mistyped", `,"auto":true` + field("phone", "12"), 202, true},
		{"a marked form", field("q", "shoes"), 202, true},
		{"nothing at all", `,"fields":[]`, 400, false},
		{"nothing but blanks", `,"fields":[],"phone":" ","name":""`, 400, false},
		{"a name by hand", `,"fields":[],"name":"A B"`, 202, true},
	} {
		answer := p.post("leads", lead(fmt.Sprint(i), visitor, c.more))
		require.Equal(t, c.status, answer.Code, "%s: %s", c.name, answer.Body)
		found := w.must("GET", "/sites/{site}/conversions?external_id=script:lead-0123456789-"+fmt.Sprint(i), "")["items"].([]any)
		require.Equal(t, c.stored, len(found) == 1, c.name)
	}
	require.Equal(t, 2, metrics.counts["refused no_contact"])
	require.EqualValues(t, 5, w.sessions(visitor)[0].(map[string]any)["leads"])
}

// TestR7_LeadsOfPagesHaveTheTagsThatTheOwnerLists checks that other tags are left out and
// named in the stored report, and that the tag of a bot does not need to be listed.
func TestR7_LeadsOfPagesHaveTheTagsThatTheOwnerLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.page()
	for _, test := range []struct{ listed, tags, left string }{
		{`[]`, `[]`, `"tags_left_out":["a","chat","paid"]`},
		{`["chat"]`, `[chat]`, `"tags_left_out":["a","paid"]`},
		{`["*"]`, `[a chat paid]`, ""},
	} {
		w.must("PATCH", "/sites/{site}/script", `{"lead_tags":`+test.listed+`}`)
		id := fmt.Sprintf("tags-%d", len(test.listed))
		require.Equal(t, http.StatusAccepted, p.post("leads", lead(id, "visitor-0123456789", `,"tags":["a","chat","paid"]`)).Code)
		detail, raw := w.stored(id)
		require.Equal(t, test.tags, fmt.Sprint(labelsOf(detail)))
		require.Contains(t, raw, test.left)
	}
	require.Equal(t, http.StatusAccepted, p.post("leads", lead("bot", "visitor-0123456789", `,"bot":true,"tags":["chat"]`)).Code)
	detail, _ := w.stored("bot")
	require.Equal(t, []any{"bot", "chat"}, labelsOf(detail))
}

// labelsOf returns the tags of a conversion, without what is known of them.
func labelsOf(detail map[string]any) (labels []any) {
	tags, _ := detail["tags"].([]any)
	for _, tag := range tags {
		labels = append(labels, tag.(map[string]any)["label"])
	}
	return labels
}
