package web_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPools(t *testing.T) {
	t.Parallel()
	const path = "/sites/{site}/pools/{pool}"
	newWorld(t).run(t, []scenario{
		{name: "defaults", method: "GET", path: path, as: "viewer", status: 200, holds: []string{`"name":"Web site"`, `"enabled":true`, `"position":0`, `"replaces":["+12025550100"]`, `"hold_minutes":30`, `"numbers":1`, `"held":1`, `"exhausted_count":0`}, lacks: []string{"shown_to", "default_number", "exhausted_count_at"}},
		{name: "no name", method: "POST", path: "/sites/{site}/pools", body: `{"name":" "}`, status: 422, holds: []string{`"field":"name"`}},
		{
			name: "R7: whom it is shown to", method: "PATCH", path: path, status: 200,
			body:  `{"shown_to":{"match":"any","conditions":[{"field":"medium","operator":"equals","values":["cpc"]},{"field":"channel","operator":"equals","values":["email"]}]},"position":3,"enabled":false}`,
			holds: []string{`"shown_to":{"match":"any"`, `"position":3`, `"enabled":false`, `"name":"Web site"`},
		},
		{name: "a wrong condition", method: "PATCH", path: path, body: `{"shown_to":{"match":"all","conditions":[{"field":"mood","operator":"equals","values":["psychic"]}]}}`, status: 422, holds: []string{`"field":"shown_to.conditions[0].field"`}, lacks: []string{"psychic"}},
		{name: "null: everybody", method: "PATCH", path: path, body: `{"shown_to":null,"enabled":true}`, status: 200, lacks: []string{"shown_to"}},
		{name: "numbers of the site's region", method: "PATCH", path: path, body: `{"replaces":["(202) 555-0100","+442079460123","202-555-0100"],"default_number":"202 555 0140"}`, status: 200, holds: []string{`"replaces":["+12025550100","+442079460123"]`, `"default_number":"+12025550140"`}},
		{name: "its default stands on no page", method: "PATCH", path: path, body: `{"default_number":"+12025550100"}`, status: 422, holds: []string{`"field":"default_number"`, "not in replaces"}},
		{name: "nor what stands there is its default", method: "PATCH", path: path, body: `{"replaces":["+12025550140"]}`, status: 422, holds: []string{`"field":"default_number"`}},
		{name: "no default number", method: "PATCH", path: path, body: `{"default_number":""}`, status: 200, lacks: []string{"default_number"}},
		{name: "no numbers", method: "PATCH", path: path, body: `{"replaces":["+12025550100","psychic"],"default_number":"12"}`, status: 422, holds: []string{`"field":"replaces[1]"`, `"field":"default_number"`}, lacks: []string{"psychic"}},
		{name: "a withheld number is none", method: "PATCH", path: path, body: `{"replaces":["anonymous"]}`, status: 422, holds: []string{`"field":"replaces[0]"`}},
		{name: "it replaces no tracking number", method: "PATCH", path: path, body: `{"replaces":["+12025550141"]}`, status: 422, holds: []string{`"field":"replaces[0]"`, "tracking number"}},
		{name: "its default is in no pool", method: "PATCH", path: path, body: `{"default_number":"+12025550141"}`, status: 422, holds: []string{`"field":"default_number"`, "in no pool"}},
		{name: "hold", method: "PATCH", path: path, body: `{"hold_minutes":0}`, status: 422, holds: []string{`"field":"hold_minutes"`}},
		{name: "what is counted is not set", method: "PATCH", path: path, body: `{"exhausted_count":0}`, status: 422, holds: []string{`"field":"exhausted_count"`}},
		{name: "list", method: "GET", path: "/sites/{site}/pools", status: 200, holds: []string{`"id":"{pool}"`, `"numbers":1`, `"held":1`}},
		{name: "not while it has numbers", method: "DELETE", path: path, status: 409, holds: []string{"numbers"}},
		{name: "its number goes", method: "DELETE", path: "/sites/{site}/numbers/{number}", status: 204},
		{name: "then it may", method: "DELETE", path: path, status: 204},
		{name: "gone", method: "GET", path: path, status: 404},
		{name: "G8: in the audit trail", method: "GET", path: "/audit?entity=pool", status: 200, holds: []string{`"entity_id":"{pool}"`, `"action":"created"`, `"action":"updated"`, `"action":"deleted"`}},
	})
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.names["poster"] = w.must("POST", "/sites/{site}/numbers", `{"number":"(202) 555-0143","name":"Poster","traffic":{"source":"poster","medium":"print"},"tags":["poster","poster"]}`)["id"].(string)
	const poster, pooled, numbers = "/sites/{site}/numbers/{poster}", "/sites/{site}/numbers/{number}", "/sites/{site}/numbers"
	w.run(t, []scenario{
		{name: "of its own", method: "GET", path: poster, as: "viewer", status: 200, holds: []string{`"number":"+12025550143"`, `"name":"Poster"`, `"enabled":true`, `"replaces":[]`, `"traffic":{"source":"poster","medium":"print"}`, `"tags":["poster"]`}, lacks: []string{`"pool"`, "held_by"}},
		{name: "of a pool, held", method: "GET", path: pooled, as: "viewer", status: 200, holds: []string{`"number":"+12025550141"`, `"pool":"{pool}"`, `"held_by":"{session}"`, `"held_until":"2026-01-31T12:47:00Z"`}},
		{name: "who had it", method: "GET", path: pooled + "/assignments", as: "viewer", status: 200, holds: []string{`"session_id":"{session}"`, `"number_id":"{number}"`, `"from":"2026-01-31T12:17:00Z"`}},
		{name: "no number", method: "POST", path: numbers, body: `{"number":"psychic"}`, status: 422, holds: []string{`"field":"number"`}, lacks: []string{"psychic"}},
		{name: "the same once more", method: "POST", path: numbers, body: `{"number":"+12025550143"}`, status: 409, holds: []string{"+12025550143"}},
		{name: "one that pages show", method: "POST", path: numbers, body: `{"number":"+12025550100"}`, status: 422, holds: []string{`"field":"number"`, "the pool Web site replaces"}},
		{name: "in place of itself", method: "POST", path: numbers, body: `{"number":"+12025550144","replaces":["+12025550144"]}`, status: 422, holds: []string{`"field":"replaces[0]"`}},
		{name: "in place of a tracking number", method: "PATCH", path: poster, body: `{"replaces":["+12025550141"]}`, status: 422, holds: []string{`"field":"replaces[0]"`}},
		{name: "unknown pool", method: "POST", path: numbers, body: `{"number":"+12025550144","pool":"pool_psychic"}`, status: 422, holds: []string{`"field":"pool"`}, lacks: []string{"psychic"}},
		{name: "what a pool's number cannot have", method: "PATCH", path: pooled, body: `{"replaces":["+12025550109"],"shown_to":{"field":"medium","operator":"equals","values":["cpc"]},"traffic":{"source":"x"}}`, status: 422, holds: []string{`"field":"replaces"`, `"field":"shown_to"`, `"field":"traffic"`, "at the pool"}},
		{name: "nor when it joins one", method: "PATCH", path: poster, body: `{"pool":"{pool}"}`, status: 422, holds: []string{`"field":"traffic"`}},
		{name: "it moves when nobody holds it", method: "PATCH", path: poster, body: `{"pool":"{pool}","traffic":null}`, status: 200, holds: []string{`"pool":"{pool}"`}, lacks: []string{`"traffic"`}},
		{name: "one that is held stays", method: "PATCH", path: pooled, body: `{"pool":""}`, status: 409, holds: []string{"2026-01-31T12:47:00Z"}},
		{name: "tags", method: "PATCH", path: pooled, body: `{"tags":["web"],"name":"First"}`, status: 200, holds: []string{`"tags":["web"]`, `"name":"First"`, `"held_by":"{session}"`}},
		{name: "the number itself stays", method: "PATCH", path: pooled, body: `{"number":"+12025550177"}`, status: 422, holds: []string{`"field":"number"`}},
		{name: "list", method: "GET", path: numbers, status: 200, holds: []string{`"id":"{poster}"`, `"id":"{number}"`}},
		{name: "delete", method: "DELETE", path: poster, status: 204},
		{name: "gone", method: "GET", path: poster, status: 404},
		{name: "and free to be made again", method: "POST", path: numbers, body: `{"number":"+12025550143"}`, status: 201},
	})
}

func TestManyNumbersAtOnceAllOrNone(t *testing.T) {
	t.Parallel()
	const path = "/sites/{site}/pools/{pool}/numbers"
	w := newWorld(t)
	w.must("POST", "/sites/{site}/pools", `{"name":"Other","default_number":"+12025550159"}`)
	w.run(t, []scenario{
		{name: "one is wrong", method: "POST", path: path, body: `{"numbers":["+12025550151","psychic"]}`, status: 422, holds: []string{`"field":"numbers[1]"`}, lacks: []string{"psychic"}},
		{name: "one is given twice", method: "POST", path: path, body: `{"numbers":["+12025550151","(202) 555-0151"]}`, status: 422, holds: []string{`"field":"numbers[1]"`}},
		{name: "one stands on the pages", method: "POST", path: path, body: `{"numbers":["+12025550100"]}`, status: 422, holds: []string{`"field":"numbers[0]"`}},
		{name: "one is a default number", method: "POST", path: path, body: `{"numbers":["+12025550159"]}`, status: 422, holds: []string{`"field":"numbers[0]"`, "default_number"}},
		{name: "one is there already", method: "POST", path: path, body: `{"numbers":["+12025550151","+12025550141"]}`, status: 409, holds: []string{"+12025550141"}},
		{name: "none", method: "POST", path: path, body: `{"numbers":[]}`, status: 422, holds: []string{`"field":"numbers"`}},
		{name: "nothing was added so far", method: "GET", path: "/sites/{site}/numbers", status: 200, lacks: []string{"+12025550151"}},
		{name: "all", method: "POST", path: path, as: "editor", body: `{"numbers":["+12025550151","(202) 555-0152"]}`, status: 201, holds: []string{`"number":"+12025550151"`, `"number":"+12025550152"`, `"pool":"{pool}"`}},
		{name: "counted", method: "GET", path: "/sites/{site}/pools/{pool}", status: 200, holds: []string{`"numbers":3`}},
	})
}

func TestSessionsOfASite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.names["second"] = w.visit("visitor_0000000000000002", "https://www.example.com/?gclid=test-click").SessionID
	w.run(t, []scenario{
		{name: "all", method: "GET", path: "/sites/{site}/sessions", as: "viewer", status: 200, holds: []string{`"id":"{session}"`, `"id":"{second}"`}},
		{
			name: "of one visitor", method: "GET", path: "/sites/{site}/sessions?visitor=visitor_0000000000000001", status: 200, lacks: []string{"{second}"},
			holds: []string{`"id":"{session}"`, `"source":"newsletter"`, `"medium":"email"`, `"landing_page":"https://www.example.com/`, `"device":"desktop"`, `"visitor_ids":{"rtbhouse":"test-visitor"}`, `"views":1`, `"storage":"cookie"`},
		},
		{name: "of nobody", method: "GET", path: "/sites/{site}/sessions?visitor=visitor_0000000000000009", status: 200, holds: []string{`"items":[]`}},
		{name: "views", method: "GET", path: "/sites/{site}/sessions/{session}/views", as: "viewer", status: 200, holds: []string{`"kind":"navigate"`, `"script":"1a2b3c4d"`, `"at":"2026-01-31T12:17:00Z"`}},
		{name: "views of nothing", method: "GET", path: "/sites/{site}/sessions/ses_unknown/views", status: 404},
	})
	require.NotContains(t, w.log.String(), "visitor_0000", "no visitors in the log")
}

func TestANumberIsShownAsHeldOnlyWhileItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, w.names["session"], w.must("GET", "/sites/{site}/numbers/{number}", "")["held_by"])
	w.clock.Advance(31 * time.Minute)
	require.NotContains(t, w.must("GET", "/sites/{site}/numbers/{number}", ""), "held_by")
	require.EqualValues(t, 0, w.must("GET", "/sites/{site}/pools/{pool}", "")["held"])
}
