package web_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// spoiled are values that a side field may have by mistake.
var spoiled = []string{
	`null`, `""`, `" "`, `"psychic"`, `"\u0000"`, `"\ud800"`, `-1`, `1e300`, `95.5`, `true`, `[]`, `{}`, `[null,{"a":[1]}]`, `{"a":{"b":1}}`, `{"":"x"}`,
	`"` + strings.Repeat("x", 5000) + `"`, `[` + strings.Repeat(`"x",`, 200) + `"y"]`,
}

// TestM9_OneSpoiledFieldLosesNoReport posts whole reports with one spoiled field each.
// The report is taken without the field, and the answer names no other field.
func TestM9_OneSpoiledFieldLosesNoReport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.spoil(t, "/sites/{site}/calls/spoiled-%d/events", `{"event_id":"3","type":"ended","at":"2026-01-31T12:00:00Z","caller":"+12025550123","caller_name":"A caller",
		"tracking_number":"+12025550100","session_id":"s","visitor_ids":{"rtbhouse":"v"},"traffic":{"source":"google","click_ids":{"gclid":"c"}},"tags":["a"],
		"tag_origin":"manual","extension":"101","outcome":"answered","talk_seconds":95,"wait_seconds":6}`, "type")
	w.spoil(t, "/sites/{site}/leads", `{"external_id":"l-%d","at":"2026-01-31T12:00:00Z","name":"A visitor","phone":"+12025550123","email":"visitor@example.com",
		"form":"contact","page_url":"https://www.example.com/","session_id":"s","visitor_ids":{"rtbhouse":"v"},"traffic":{"source":"google"},"tags":["a"],"fields":{"topic":"t"}}`, "external_id")
}

func (w *world) spoil(t *testing.T, path, report, required string) {
	t.Helper()
	var fields map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(report), &fields))
	n := 0
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name == required {
			continue
		}
		for _, value := range append(spoiled, within(fields[name])...) {
			n++
			changed := maps.Clone(fields)
			changed[name] = json.RawMessage(value)
			body, err := json.Marshal(changed)
			require.NoError(t, err)
			address := path
			if strings.Contains(path, "%d") {
				address = fmt.Sprintf(path, n)
			}
			answer := w.do("POST", address, w.tokens["intake"], strings.Replace(string(body), "l-%d", fmt.Sprintf("l-%d", n), 1))
			require.Equal(t, 202, answer.Code, "%s: %.100s: %s", name, value, answer.Body)
			var taken struct {
				LeftOut []struct{ Field string } `json:"left_out"`
			}
			require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &taken))
			for _, f := range taken.LeftOut {
				if name == "tags" && f.Field == "tag_origin" { // an origin of no tags
					continue
				}
				require.True(t, strings.HasPrefix(f.Field, name), "%s: %.100s: %s is left out", name, value, f.Field)
			}
		}
	}
}

// within returns a field that is an object with one of its entries spoiled, by each of
// the values.
func within(field json.RawMessage) []string {
	var entries map[string]json.RawMessage
	if json.Unmarshal(field, &entries) != nil {
		return nil
	}
	var out []string
	for name := range entries {
		for _, value := range spoiled {
			changed := maps.Clone(entries)
			changed[name] = json.RawMessage(value)
			body, _ := json.Marshal(changed) // of valid JSON
			out = append(out, string(body))
		}
	}
	return out
}

// TestG2_AnIDThatIsFalseIsNone posts what programs send that have no id: each report is one
// of its own, or is refused.
func TestG2_AnIDThatIsFalseIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, kind := range []string{"started", "ended"} {
		answer := w.do("POST", "/sites/{site}/calls/no-id/events", w.tokens["intake"], `{"type":"`+kind+`","event_id":false}`)
		require.Equal(t, 202, answer.Code)
		require.Contains(t, answer.Body.String(), `"duplicate":false`)
		require.Contains(t, answer.Body.String(), `"left_out":[{"field":"event_id"`)
	}
	require.Equal(t, 422, w.do("POST", "/sites/{site}/leads", w.tokens["intake"], `{"external_id":false,"email":"visitor@example.com"}`).Code)
}

// TestCaseC01_ACallerThatCannotBeReadLosesNoCall, with words that are in no list.
func TestCaseC01_ACallerThatCannotBeReadLosesNoCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, caller := range []string{"Private Number", "Unknown Caller", "Restricted_Caller", "Out of Area", "Anonymous Caller", "266696687"} {
		answer := w.do("POST", fmt.Sprintf("/sites/{site}/calls/c01-%d/events", i), w.tokens["intake"], `{"type":"started","caller":"`+caller+`"}`)
		require.Equal(t, 202, answer.Code, caller)
		require.NotContains(t, answer.Body.String(), "left_out", caller)
	}
	answer := w.do("POST", "/sites/{site}/calls/c01-x/events", w.tokens["intake"], `{"type":"started","caller":"no such word"}`)
	require.Equal(t, 202, answer.Code)
	require.Contains(t, answer.Body.String(), `"left_out":[{"field":"caller","expected":"`)
}

func TestCaseC03_AnEmptyVisitorIDIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, id := range []string{"", "undefined", "null", "unknown"} {
		lead := w.must("POST", "/sites/{site}/leads", `{"external_id":"c03-`+id+`","email":"visitor@example.com","visitor_ids":{"rtbhouse":"`+id+`"}}`)
		require.NotContains(t, lead, "left_out", id)
	}
	require.Equal(t, 422, w.do("POST", "/sites/{site}/leads", w.tokens["intake"], `{"external_id":"c03","visitor_ids":{"rtbhouse":""}}`).Code, "nobody's lead")
}

func TestCaseC09_NumbersWithAPointAndAByteOrderMark(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.must("POST", "/sites/{site}/calls/c09/events", "\uFEFF"+`{"type":"ended","outcome":"answered","talk_seconds":95.0,"wait_seconds":"6"}`)["conversion_id"].(string)
	require.Contains(t, w.do("GET", "/conversions/"+id, adminToken, "").Body.String(), `"talk_seconds":95`)
	require.Equal(t, 201, w.do("POST", "/sites", adminToken, "\uFEFF"+`{"name":"Shop","domains":["shop.example.net"]}`).Code)
}

// TestCaseC07_ZeroBytesInAReport posts what PostgreSQL cannot store.
func TestCaseC07_ZeroBytesInAReport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.must("POST", "/sites/{site}/leads", `{"external_id":"c07","email":"visitor@example.com","name":"A\u0000nn","fields":{"to\u0000pic":"of\u0000fer"},"tags":["a\u0000"]}`)["conversion_id"].(string)
	detail := w.do("GET", "/conversions/"+id, adminToken, "").Body.String()
	require.Contains(t, detail, `"Ann"`)
	require.Contains(t, detail, `"topic":"offer"`)
	require.Equal(t, 400, w.do("POST", "/sites", adminToken, `{"name":"Sh\u0000op"}`).Code, "settings are refused")
}

func TestR4_OutcomesAndTagsAsPhoneSystemsWriteThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, row := range []struct{ outcome, want string }{
		{"NO ANSWER", "missed"}, {"no-answer", "missed"}, {"voicemail", "missed"}, {"não atendida", "missed"}, {"Пропущенный", "missed"}, {"BUSY", "busy"}, {"занято", "busy"}, {"Answer", "answered"}, {"FAILED", "failed"},
	} {
		answer := w.must("POST", fmt.Sprintf("/sites/{site}/calls/outcome-%d/events", i), `{"type":"ended","outcome":"`+row.outcome+`","talk_seconds":20,"tags":[{"name":"sales"},"[\"new\",\"hot\"]"]}`)
		require.NotContains(t, answer, "left_out", row.outcome)
		detail := w.do("GET", "/conversions/"+answer["conversion_id"].(string), adminToken, "").Body.String()
		require.Contains(t, detail, `"outcome":"`+row.want+`"`, row.outcome)
		require.Contains(t, detail, `"tags":["sales","new","hot"]`)
	}
	answer := w.do("POST", "/sites/{site}/calls/outcome/events", w.tokens["intake"], `{"type":"ended","outcome":"completed","talk_seconds":20,"tags":["a, b",{"id":7}]}`)
	require.Contains(t, answer.Body.String(), `"field":"outcome"`)
	require.Contains(t, answer.Body.String(), `"field":"tags[1]"`)
	require.NotContains(t, answer.Body.String(), `"field":"tags[0]"`)
}
