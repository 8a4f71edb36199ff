package web_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// scenario is one request, what its answer must hold and what it must not.
type scenario struct {
	name   string
	method string
	path   string // below /api/v1; "//root/..." is outside of it
	as     string // the name of a token, empty for the operator's
	body   string
	status int
	holds  []string
	lacks  []string
}

// run runs scenarios one after the other in one world.
func (w *world) run(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, sc := range scenarios {
		t.Run(sc.name, func(t *testing.T) {
			if sc.as == "" {
				sc.as = "operator"
			}
			checkAnswer(t, w, sc, w.do(sc.method, sc.path, w.tokens[sc.as], sc.body))
		})
	}
}

func checkAnswer(t *testing.T, w *world, sc scenario, answer *httptest.ResponseRecorder) {
	t.Helper()
	got := answer.Body.String()
	require.Equal(t, sc.status, answer.Code, got)
	for _, want := range sc.holds {
		require.Contains(t, got, w.fill(want))
	}
	for _, never := range sc.lacks {
		require.NotContains(t, got, w.fill(never))
	}
	require.NotEmpty(t, answer.Header().Get("X-Request-Id"))
	if answer.Code >= 400 {
		require.Equal(t, "application/problem+json", answer.Header().Get("Content-Type"), got)
		problem := decode(t, answer)
		require.EqualValues(t, answer.Code, problem["status"])
		require.NotEmpty(t, problem["code"])
		require.NotEmpty(t, problem["detail"])
		require.Equal(t, answer.Header().Get("X-Request-Id"), problem["request_id"])
	}
}

func TestRouterAnswersProblems(t *testing.T) {
	t.Parallel()
	newWorld(t).run(t, []scenario{
		{name: "unknown address", method: "GET", path: "/nothing", status: 404, holds: []string{"nothing at this address"}},
		{name: "unknown address outside the API", method: "GET", path: "//root/nothing", status: 404},
		{name: "wrong method", method: "DELETE", path: "/sites", status: 405, holds: []string{"does not take this method"}},
		{name: "zero character in an address", method: "GET", path: "/sites/a%00b", status: 404},
		{name: "zero character in a parameter", method: "GET", path: "/sites?cursor=%00", status: 422, holds: []string{`"field":"cursor"`}},
		{name: "not a cursor", method: "GET", path: "/sites?cursor=!!", status: 422, holds: []string{`"field":"cursor"`}},
		{name: "cursor of a zero character", method: "GET", path: "/sites?cursor=AA", status: 422, holds: []string{`"field":"cursor"`}},
		{name: "limit too high", method: "GET", path: "/sites?limit=1000", status: 422, holds: []string{`"field":"limit"`}, lacks: []string{"1000"}},
		{name: "unknown parameter", method: "GET", path: "/sites?colour=red", status: 422, holds: []string{`"field":"colour"`}, lacks: []string{"red"}},
		{name: "not JSON", method: "POST", path: "/sites", body: `{"name":`, status: 400, holds: []string{"not valid JSON"}},
		{name: "zero character in JSON", method: "POST", path: "/sites", body: `{"name":"a\u0000b"}`, status: 400, holds: []string{"zero character"}},
		{name: "no body", method: "POST", path: "/sites", status: 400},
		{name: "alive", method: "GET", path: "//root/healthz", as: "nobody", status: 200, holds: []string{"alive"}},
		{name: "ready", method: "GET", path: "//root/readyz", as: "nobody", status: 200, holds: []string{`"database":"ok"`, `"migrations":"ok"`}},
	})
}

func TestSites(t *testing.T) {
	t.Parallel()
	newWorld(t).run(t, []scenario{
		{
			name: "defaults", method: "POST", path: "/sites", body: `{"name":"A"}`, status: 201,
			holds: []string{`"time_zone":"UTC"`, `"region":"US"`, `"target_call_seconds":30`, `"uniqueness_days":0`, `"max_call_minutes":240`, `"lookback_days":90`, `"link_by_forms":true`, `"script_key":"`, `"id":"site_`, `"domains":[]`},
		},
		{name: "zero is a value", method: "POST", path: "/sites", body: `{"name":"A","target_call_seconds":0}`, status: 201, holds: []string{`"target_call_seconds":0`}},
		{name: "no name", method: "POST", path: "/sites", body: `{}`, status: 422, holds: []string{`"field":"name"`, "required"}},
		{name: "blank name", method: "POST", path: "/sites", body: `{"name":"  "}`, status: 422, holds: []string{`"field":"name"`}},
		{name: "empty name is one mistake", method: "POST", path: "/sites", body: `{"name":""}`, status: 422, holds: []string{`"errors":[{"field":"name","expected":"a name that is not blank","code":"name_not_blank"}]`}},
		{name: "in Portuguese", method: "POST", path: "/sites/{site}/integrations?language=pt-BR", body: `{"type":5}`, status: 422, holds: []string{`"code":"type_string"`, `"expected":"texto"`, "a solicitação tem campos que não podem ser usados"}, lacks: []string{"the request"}},
		{name: "unknown field", method: "POST", path: "/sites", body: `{"name":"A","colour":"secretred"}`, status: 422, holds: []string{`"field":"colour"`, "no such field; remove it"}, lacks: []string{"secretred"}},
		{name: "field in another case", method: "POST", path: "/sites", body: `{"Name":"A"}`, status: 422, holds: []string{`"field":"Name"`}},
		{name: "wrong type", method: "POST", path: "/sites", body: `{"name":["x"]}`, status: 422, holds: []string{`"field":"name"`, `"expected":"string"`}},
		{name: "unknown zone", method: "POST", path: "/sites", body: `{"name":"A","time_zone":"Mars/Base"}`, status: 422, holds: []string{`"field":"time_zone"`, "IANA"}, lacks: []string{"Mars"}},
		{name: "local zone", method: "POST", path: "/sites", body: `{"name":"A","time_zone":"Local"}`, status: 422, holds: []string{`"field":"time_zone"`}},
		{name: "no country", method: "POST", path: "/sites", body: `{"name":"A","region":"ZZ"}`, status: 422, holds: []string{`"field":"region"`}},
		{name: "URL for a domain", method: "POST", path: "/sites", body: `{"name":"A","domains":["ok.example.com","https://x.example.com/"]}`, status: 422, holds: []string{`"field":"domains[1]"`}, lacks: []string{"x.example.com"}},
		{name: "everybody's domains", method: "POST", path: "/sites", body: `{"name":"A","domains":["localhost","com","co.uk","github.io","psychic"]}`, status: 422, holds: []string{`"field":"domains[1]"`, `"field":"domains[2]"`, `"field":"domains[3]"`, `"field":"domains[4]"`}, lacks: []string{"domains[0]", "psychic"}},
		{name: "absurd numbers", method: "POST", path: "/sites", body: `{"name":"A","max_call_minutes":0,"uniqueness_days":-1,"target_call_seconds":1e30}`, status: 422, holds: []string{`"max_call_minutes"`, `"uniqueness_days"`, `"target_call_seconds"`}},
		{name: "half a number", method: "POST", path: "/sites", body: `{"name":"A","lookback_days":1.5}`, status: 422, holds: []string{`"lookback_days"`, "integer"}},
		{name: "change one field", method: "PATCH", path: "/sites/{site}", body: `{"uniqueness_days":30}`, status: 200, holds: []string{`"uniqueness_days":30`, `"name":"Example Shop"`, `"www.example.com"`, `"target_call_seconds":30`}},
		{name: "empty the domains", method: "PATCH", path: "/sites/{site}", body: `{"domains":[]}`, status: 200, holds: []string{`"domains":[]`, `"uniqueness_days":30`}},
		{name: "nothing changes", method: "PATCH", path: "/sites/{site}", body: `{}`, status: 200},
		{name: "read", method: "GET", path: "/sites/{site}", status: 200, holds: []string{`"uniqueness_days":30`}},
		{name: "list", method: "GET", path: "/sites?limit=1", status: 200, holds: []string{`"items":[{`, `"next_cursor":"`}, lacks: []string{`"next_cursor":""`}},
		{name: "delete", method: "DELETE", path: "/sites/{site}", status: 204},
		{name: "gone", method: "GET", path: "/sites/{site}", status: 404},
		{name: "intake stops at once", method: "POST", path: "/sites/{site}/leads", body: sampleLead, status: 404},
	})
}

func TestIntegrations(t *testing.T) {
	t.Parallel()
	const path = "/sites/{site}/integrations/{integration}"
	newWorld(t).run(t, []scenario{
		{
			name: "R2: without its credentials it is refused by name", method: "POST", path: "/sites/{site}/integrations",
			body: `{"type":"rtbhouse","name":"A","calls":{"metrics":["all"]}}`, status: 422,
			holds: []string{`"field":"credentials.pkey"`, `"field":"credentials.tagging_hash"`, "required"},
		},
		{name: "unknown type", method: "POST", path: "/sites/{site}/integrations", body: `{"type":"pigeon","name":"A"}`, status: 422, holds: []string{`"field":"type"`, "rtbhouse", "webhook"}, lacks: []string{"pigeon"}},
		{
			name: "wrong rules", method: "PATCH", path: path, status: 422, lacks: []string{"psychic"},
			body:  `{"calls":{"metrics":["target","psychic"]},"leads":{"metrics":["target"],"traffic":{"match":"all","conditions":[{"field":"medium","operator":"matches","values":["(psychic"]}]}}}`,
			holds: []string{`"field":"calls.metrics[1]"`, `"field":"leads.metrics[0]"`, `"field":"leads.traffic.conditions[0].values[0]"`},
		},
		{name: "unknown credential", method: "PATCH", path: path, body: `{"credentials":{"pkey2":"psychic"}}`, status: 422, holds: []string{`"field":"credentials.pkey2"`}, lacks: []string{"psychic"}},
		{name: "unknown option", method: "PATCH", path: path, body: `{"options":{"colour":"psychic"}}`, status: 422, holds: []string{`"field":"options.colour"`}, lacks: []string{"psychic"}},
		{name: "the type stays", method: "PATCH", path: path, body: `{"type":"webhook"}`, status: 422, holds: []string{`"field":"type"`}},
		{name: "R8: unknown model", method: "PATCH", path: path, body: `{"attribution_model":"psychic"}`, status: 422, holds: []string{`"field":"attribution_model"`}, lacks: []string{"psychic"}},
		{name: "removing a required credential", method: "PATCH", path: path, body: `{"credentials":{"pkey":null}}`, status: 422, holds: []string{`"field":"credentials.pkey"`}},
		{name: "read", method: "GET", path: path, status: 200, holds: []string{`"version":1`, `"pkey":"********"`, `"tagging_hash":"********"`, `"attribution_model":"last_non_direct"`, `"breaker":{"state":"closed"}`}},
		{name: "R9: the switch", method: "PATCH", path: path, body: `{"enabled":false}`, status: 200, holds: []string{`"enabled":false`, `"version":2`, `"calls":{"metrics":["target"]}`}},
		{name: "one credential replaced, the other stays", method: "PATCH", path: path, body: `{"credentials":{"pkey":"another-sample-key"}}`, status: 200, holds: []string{`"version":3`, `"tagging_hash":"********"`}, lacks: []string{"another-sample-key"}},
		{name: "masks sent back change nothing", method: "PATCH", path: path, body: `{"credentials":{"pkey":"********","tagging_hash":"********"}}`, status: 200, holds: []string{`"version":3`}},
		{name: "null takes a kind away", method: "PATCH", path: path, body: `{"leads":null}`, status: 200, holds: []string{`"version":4`, `"calls":{`}, lacks: []string{`"leads":`}},
		{
			name: "R6 R7: tags and traffic", method: "PATCH", path: path, status: 200,
			body:  `{"calls":{"metrics":["target"],"tags":{"any":["sales"],"none":["spam"]},"traffic":{"match":"all","conditions":[{"field":"medium","operator":"equals","values":["cpc"]}]}}}`,
			holds: []string{`"tags":{"any":["sales"],"none":["spam"]}`, `"traffic":{"match":"all","conditions":[{"field":"medium","operator":"equals","values":["cpc"]}]}`},
		},
		{name: "delivery", method: "PATCH", path: path, body: `{"delivery":{"per_second":2.5}}`, status: 200, holds: []string{`"per_second":2.5`, `"retry_for_seconds":259200`}},
		{name: "versions", method: "GET", path: path + "/versions", status: 200, holds: []string{`"version":1`, `"version":6`, `"changed_by":"admin"`, `"credentials_set":["pkey","tagging_hash"]`}},
		{name: "audit", method: "GET", path: "/audit?entity=integration", status: 200, holds: []string{`"entity_id":"{integration}"`, `"action":"updated"`}, lacks: []string{"another-sample-key", sampleKey}},
		{name: "test event", method: "POST", path: path + "/test", body: `{"kind":"lead"}`, status: 200, holds: []string{`"class":"delivered"`, `"status":200`, "[redacted]"}, lacks: []string{"another-sample-key", sampleHash}},
		{name: "G8: a test event is in the audit trail", method: "GET", path: "/audit?entity=integration", status: 200, holds: []string{`"action":"tested"`}},
		{name: "test of another kind", method: "POST", path: path + "/test", body: `{"kind":"psychic"}`, status: 422, holds: []string{`"field":"kind"`}},
		{name: "list", method: "GET", path: "/sites/{site}/integrations", status: 200, holds: []string{`"id":"{integration}"`}},
		{name: "types", method: "GET", path: "/destinations", status: 200, holds: []string{`"type":"rtbhouse"`, `"name":"pkey"`, `"required":true`}},
		{name: "delete", method: "DELETE", path: path, status: 204},
		{name: "gone", method: "GET", path: path, status: 404},
	})
}

func TestSourcesOfASite(t *testing.T) {
	t.Parallel()
	const path = "/sites/{site}/sources/callrail"
	newWorld(t).run(t, []scenario{
		{name: "kinds", method: "GET", path: "/sources", status: 200, holds: []string{`"source":"callrail"`, `"title":"CallRail"`}},
		{name: "read", method: "GET", path: path, status: 200, holds: []string{`"signing_keys":"********"`, `"webhook_url":"https://ringback.example.com/hooks/callrail/`, `"enabled":true`}},
		{name: "who may only read does not get the webhook's key", method: "GET", path: path, as: "viewer", status: 200, holds: []string{`"webhook_url":"https://ringback.example.com/hooks/callrail/********"`}, lacks: []string{"{hook}"}},
		{name: "nor in the list", method: "GET", path: "/sites/{site}/sources", as: "viewer", status: 200, holds: []string{"/hooks/callrail/********"}, lacks: []string{"{hook}"}},
		{name: "an editor does", method: "GET", path: path, as: "editor", status: 200, holds: []string{"{hook}"}},
		{name: "settle", method: "PUT", path: path, body: `{"late_data_seconds":45}`, status: 200, holds: []string{`"late_data_seconds":45`, `"signing_keys":"********"`}},
		{name: "absurd settle", method: "PUT", path: path, body: `{"late_data_seconds":-5}`, status: 422, holds: []string{`"field":"late_data_seconds"`}},
		{name: "unknown credential", method: "PUT", path: path, body: `{"credentials":{"key":"psychic"}}`, status: 422, holds: []string{`"field":"credentials.key"`}, lacks: []string{"psychic"}},
		{name: "wrong option", method: "PUT", path: path, body: `{"options":{"max_age_seconds":"psychic","visitor_cookies":"=psychic"}}`, status: 422, holds: []string{`"field":"options.max_age_seconds"`, `"field":"options.visitor_cookies"`}, lacks: []string{"psychic"}},
		{name: "unknown option", method: "PUT", path: path, body: `{"options":{"colour":"psychic"}}`, status: 422, holds: []string{`"field":"options.colour"`}, lacks: []string{"psychic"}},
		{name: "removing a required credential", method: "PUT", path: path, body: `{"credentials":{"signing_keys":null}}`, status: 422, holds: []string{`"field":"credentials.signing_keys"`}},
		{name: "half of an API", method: "PUT", path: path, body: `{"credentials":{"api_key":"psychic"}}`, status: 422, holds: []string{`"field":"options.api_account_id"`}, lacks: []string{"psychic"}},
		{name: "the API of the provider", method: "PUT", path: path, body: `{"options":{"api_account_id":"100200300"},"credentials":{"api_key":"psychic"}}`, status: 200, holds: []string{`"api_key":"********"`}, lacks: []string{"psychic"}},
		{name: "G8: another address wants its key again", method: "PUT", path: path, as: "editor", body: `{"options":{"api_url":"https://own.example.net"}}`, status: 422, holds: []string{`"field":"credentials.api_key"`, "given again"}, lacks: []string{"signing_keys"}},
		{name: "unknown source", method: "PUT", path: "/sites/{site}/sources/pigeon", body: `{}`, status: 404},
		{name: "the API settles too", method: "PUT", path: "/sites/{site}/sources/api", body: `{"late_data_seconds":5}`, status: 200, holds: []string{`"late_data_seconds":5`}, lacks: []string{"webhook_url"}},
		{name: "the API is not switched off here", method: "PUT", path: "/sites/{site}/sources/api", body: `{"enabled":false}`, status: 422, holds: []string{`"field":"enabled"`}},
		{name: "list", method: "GET", path: "/sites/{site}/sources", status: 200, holds: []string{`"source":"api"`, `"source":"callrail"`}},
		{name: "not set up", method: "GET", path: "/sites/{site}/sources/twilio", status: 404},
	})
}
