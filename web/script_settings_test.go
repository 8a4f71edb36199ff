package web_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestScriptOfASite(t *testing.T) {
	t.Parallel()
	const path = "/sites/{site}/script"
	w := newWorld(t)
	key := w.must("GET", "/sites/{site}", "")["script_key"].(string)
	w.names["src"] = "https://ringback.example.com/s/" + key + ".js"
	w.names["extended"] = "https://ringback.example.com/s/" + key + "-extended.js"
	w.run(t, []scenario{
		{
			name: "R1 M1: as a new site has it", method: "GET", path: path, as: "viewer", status: 200,
			holds: []string{
				`"script_url":"{src}"`, `"snippet":"<script async src=\"{src}\"></script>"`, `"extended_snippet":"<script async src=\"{extended}\"></script>"`, `"version":"`, `"extended_version":"`, `"last_seen_at":"2026-01-31T12:17:00Z"`,
				`{"system":"rtbhouse","cookies":["__r_aid_v__","__rtbh.aid"]}`, `{"system":"bizible","cookies":["_biz_uid"]}`,
				`"consent_required":false`, `"forms":"marked"`, `"fields":{}`, `"origins":[]`, `"session_minutes":30`, `"carry_over":true`, `"ignored_referrers":[]`, `"keep_days":400`, `"lead_tags":["*"]`, `"swap_after_load":false`,
			},
		},
		{name: "nothing changes", method: "PATCH", path: path, body: `{}`, status: 200, holds: []string{`"session_minutes":30`}},
		{
			name: "everything", method: "PATCH", path: path, as: "editor", status: 200,
			body: `{"consent_required":true,"forms":"all","fields":{"your-tel":"phone","pin":"never","msg":"message"},
				"visitor_ids":[{"system":"google"},{"system":"own","cookies":["cid"],"storage":["app.cid"]}],
				"origins":["HTTPS://Shop.Example.net:443/","http://127.0.0.1:8080"],"session_minutes":15,"carry_over":false,
				"ignored_referrers":["Pay.example.net"],"keep_days":90,"swap_after_load":true,"lead_tags":[" chat ","chat"]}`,
			holds: []string{
				`"consent_required":true`, `"forms":"all"`, `"fields":{"msg":"message","pin":"never","your-tel":"phone"}`,
				`"visitor_ids":[{"system":"google","cookies":["_ga"]},{"system":"own","cookies":["cid"],"storage":["app.cid"]}]`,
				`"origins":["https://shop.example.net","http://127.0.0.1:8080"]`, `"session_minutes":15`, `"carry_over":false`,
				`"ignored_referrers":["pay.example.net"]`, `"keep_days":90`, `"swap_after_load":true`, `"lead_tags":["chat"]`,
			},
		},
		{name: "fields by name: null removes, others stay", method: "PATCH", path: path, body: `{"fields":{"pin":null,"mail2":"email"}}`, status: 200, holds: []string{`"fields":{"mail2":"email","msg":"message","your-tel":"phone"}`, `"session_minutes":15`}},
		{name: "lists as a whole", method: "PATCH", path: path, body: `{"visitor_ids":[],"origins":[],"ignored_referrers":[],"lead_tags":[]}`, status: 200, holds: []string{`"visitor_ids":[]`, `"origins":[]`, `"lead_tags":[]`, `"ignored_referrers":[]`}},
		{name: "it is stored", method: "GET", path: path, status: 200, holds: []string{`"visitor_ids":[]`, `"keep_days":90`, `"swap_after_load":true`}},
		{name: "and told in the audit trail", method: "GET", path: "/audit?entity=site", status: 200, holds: []string{`"script.session_minutes":{"from":30,"to":15}`, `"script.fields":{"to":{"msg":"message","pin":"never","your-tel":"phone"}}`}},
		{name: "kept for less than is looked back", method: "PATCH", path: path, body: `{"keep_days":89}`, status: 422, holds: []string{`"field":"keep_days"`, "90 lookback_days"}},
		{name: "looked back for longer than is kept", method: "PATCH", path: "/sites/{site}", body: `{"lookback_days":91}`, status: 422, holds: []string{`"field":"lookback_days"`, "90 keep_days"}},
		{name: "as far as is kept", method: "PATCH", path: "/sites/{site}", body: `{"lookback_days":0}`, status: 200},
		{name: "then for as short as may be", method: "PATCH", path: path, body: `{"keep_days":1}`, status: 200, holds: []string{`"keep_days":1`}},
		{name: "a system whose name is not quite known", method: "PATCH", path: path, body: `{"visitor_ids":[{"system":"meta"}]}`, status: 422, holds: []string{"rtbhouse, bizible, google, meta_fbp, meta_fbc, yandex, calltrackingmetrics, calltouch, calltouch_session"}},
		{name: "presets", method: "GET", path: "/visitor-id-presets", as: "viewer", status: 200, holds: []string{`"system":"rtbhouse"`, `"system":"bizible"`, `"system":"google"`, `"system":"meta_fbp"`, `"system":"meta_fbc"`, `"system":"yandex"`, `"cookies":["_ym_uid"]`}},
	})
}

func TestScriptSettingsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, test := range map[string]struct{ body, field string }{
		"unknown capture":          {`{"forms":"psychic"}`, "forms"},
		"no minutes":               {`{"session_minutes":0}`, "session_minutes"},
		"minutes without end":      {`{"session_minutes":241}`, "session_minutes"},
		"no days":                  {`{"keep_days":0}`, "keep_days"},
		"days without end":         {`{"keep_days":3651}`, "keep_days"},
		"system's name":            {`{"visitor_ids":[{"system":"google"},{"system":"Psychic","cookies":["a"]}]}`, "visitor_ids[1].system"},
		"system twice":             {`{"visitor_ids":[{"system":"google"},{"system":"google"}]}`, "visitor_ids[1].system"},
		"system nobody knows":      {`{"visitor_ids":[{"system":"psychic"}]}`, "visitor_ids[0].cookies"},
		"cookie's name":            {`{"visitor_ids":[{"system":"own","cookies":["ok","psy;chic"]}]}`, "visitor_ids[0].cookies[1]"},
		"storage entry's name":     {`{"visitor_ids":[{"system":"own","storage":["psychic\n"]}]}`, "visitor_ids[0].storage[0]"},
		"origin with a path":       {`{"origins":["https://a.example.com","https://b.example.com/psychic"]}`, "origins[1]"},
		"origin without scheme":    {`{"origins":["psychic.example.com"]}`, "origins[0]"},
		"origin of another scheme": {`{"origins":["ftp://psychic.example.com"]}`, "origins[0]"},
		"origin with a user":       {`{"origins":["https://psychic@example.com"]}`, "origins[0]"},
		"origin with a star":       {`{"origins":["https://*.psychic.example.com"]}`, "origins[0]"},
		"origin of no port":        {`{"origins":["https://psychic.example.com:99999"]}`, "origins[0]"},
		"origin null":              {`{"origins":["null"]}`, "origins[0]"},
		"referrer with a scheme":   {`{"ignored_referrers":["https://psychic.example.com"]}`, "ignored_referrers[0]"},
		"field of no name":         {`{"fields":{" ":"phone"}}`, "fields"},
		"field that means nothing": {`{"fields":{"psychic":""}}`, "fields.psychic"},
		"field's meaning too long": {`{"fields":{"a":"` + strings.Repeat("p", 101) + `"}}`, "fields.a"},
		"read-only":                {`{"script_url":"https://psychic.example.com"}`, "script_url"},
	} {
		t.Run(name, func(t *testing.T) {
			answer := w.do("PATCH", "/sites/{site}/script", adminToken, test.body)
			require.Equal(t, 422, answer.Code, answer.Body)
			require.Contains(t, answer.Body.String(), `"field":"`+test.field+`"`)
			if test.field != "fields.psychic" {
				require.NotContains(t, answer.Body.String(), "sychic", "the value is not repeated")
			}
		})
	}
	require.Contains(t, w.do("GET", "/sites/{site}/script", adminToken, "").Body.String(), `"system":"bizible"`, "nothing was stored")
}

// The caches of this process must not keep settings that were changed through it.
func TestAChangeOfSettingsIsSeenByTheScriptAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	address := strings.TrimPrefix(w.must("GET", "/sites/{site}/script", "")["script_url"].(string), "https://ringback.example.com")
	served := func() string { return w.do("GET", "//root"+address, "", "").Body.String() }
	require.Contains(t, served(), `"m":30`)
	for _, step := range []struct{ method, path, body, holds string }{
		{"PATCH", "/sites/{site}/script", `{"session_minutes":17}`, `"m":17`},
		{"PATCH", "/sites/{site}/script", `{"swap_after_load":true}`, `"w":1`},
		{"POST", "/sites/{site}/pools", `{"name":"B","replaces":["+12025550101"]}`, `12025550101`},
		{"PATCH", "/sites/{site}/pools/{pool}", `{"replaces":["+12025550102"]}`, `12025550102`},
		{"POST", "/sites/{site}/numbers", `{"number":"+12025550161","replaces":["+12025550103"]}`, `12025550103`},
		{"PATCH", "/sites/{site}", `{"domains":["shop.example.org"]}`, `shop.example.org`},
	} {
		w.must(step.method, step.path, step.body)
		require.Contains(t, served(), step.holds, "%s %s", step.method, step.path)
	}
	require.Less(t, w.do("DELETE", "/sites/{site}", adminToken, "").Code, 300)
	require.Equal(t, 404, w.do("GET", "//root"+address, "", "").Code)
}
