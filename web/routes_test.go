package web_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// leastRole is, for every operation, the least role that may use it, and a body
// that it accepts. The tests below fail for an operation that is missing here.
var leastRole = map[string]struct{ role, body string }{
	"POST /sites/{site}/calls/{external_id}/events": {"intake", `{"type":"started"}`},
	"POST /sites/{site}/leads":                      {"intake", sampleLead},
	"GET /sites/{site}/sources/{source}/messages":   {"viewer", ""},
	"POST /sites/{site}/sources/{source}/preview":   {"editor", `{}`},
	"GET /sites/{site}/unread-messages":             {"viewer", ""},
	"GET /sites/{site}/unread-messages/{id}":        {"viewer", ""},
	"DELETE /sites/{site}/unread-messages/{id}":     {"editor", ""},
	"POST /sites/{site}/unread-messages/{id}/read":  {"editor", ""},
	"POST /sites/{site}/unread-messages/read":       {"editor", `{}`},
	"POST /sites":                                      {"editor", `{"name":"A"}`},
	"GET /sites":                                       {"viewer", ""},
	"GET /sites/{site}":                                {"viewer", ""},
	"PATCH /sites/{site}":                              {"editor", `{}`},
	"DELETE /sites/{site}":                             {"admin", ""},
	"GET /sources":                                     {"viewer", ""},
	"GET /sites/{site}/sources":                        {"viewer", ""},
	"GET /sites/{site}/sources/{source}":               {"viewer", ""},
	"PUT /sites/{site}/sources/{source}":               {"editor", sampleSource},
	"GET /visitor-id-presets":                          {"viewer", ""},
	"GET /sites/{site}/script":                         {"viewer", ""},
	"PATCH /sites/{site}/script":                       {"editor", `{}`},
	"POST /sites/{site}/check":                         {"editor", `{"url":"https://www.example.com/"}`},
	"GET /sites/{site}/sessions":                       {"viewer", ""},
	"GET /sites/{site}/sessions/{id}":                  {"viewer", ""},
	"GET /sites/{site}/sessions/{id}/views":            {"viewer", ""},
	"POST /sites/{site}/pools":                         {"editor", `{"name":"A"}`},
	"GET /sites/{site}/pools":                          {"viewer", ""},
	"GET /sites/{site}/pools/{id}":                     {"viewer", ""},
	"PATCH /sites/{site}/pools/{id}":                   {"editor", `{}`},
	"DELETE /sites/{site}/pools/{id}":                  {"editor", ""},
	"POST /sites/{site}/pools/{id}/numbers":            {"editor", `{"numbers":["+12025550191"]}`},
	"POST /sites/{site}/numbers":                       {"editor", `{"number":"+12025550192"}`},
	"GET /sites/{site}/numbers":                        {"viewer", ""},
	"GET /sites/{site}/numbers/{id}":                   {"viewer", ""},
	"PATCH /sites/{site}/numbers/{id}":                 {"editor", `{}`},
	"DELETE /sites/{site}/numbers/{id}":                {"editor", ""},
	"GET /sites/{site}/numbers/{id}/assignments":       {"viewer", ""},
	"GET /destinations":                                {"viewer", ""},
	"POST /sites/{site}/integrations":                  {"editor", sampleIntegration},
	"POST /sites/{site}/integrations/preview":          {"viewer", sampleIntegration},
	"POST /sites/{site}/integrations/{id}/preview":     {"viewer", `{}`},
	"GET /sites/{site}/integrations":                   {"viewer", ""},
	"GET /sites/{site}/integrations/{id}":              {"viewer", ""},
	"PATCH /sites/{site}/integrations/{id}":            {"editor", `{}`},
	"DELETE /sites/{site}/integrations/{id}":           {"editor", ""},
	"GET /sites/{site}/integrations/{id}/versions":     {"viewer", ""},
	"POST /sites/{site}/integrations/{id}/test":        {"editor", `{}`},
	"POST /sites/{site}/integrations/{id}/check":       {"editor", ""},
	"GET /sites/{site}/integrations/{id}/reading":      {"viewer", ""},
	"POST /sites/{site}/integrations/{id}/reading":     {"editor", ""},
	"GET /sites/{site}/conversions":                    {"viewer", ""},
	"GET /conversions/{id}":                            {"viewer", ""},
	"GET /sites/{site}/deliveries":                     {"viewer", ""},
	"GET /sites/{site}/reports/overview":               {"viewer", ""},
	"GET /sites/{site}/reports/sources":                {"viewer", ""},
	"GET /sites/{site}/reports/sources.csv":            {"viewer", ""},
	"GET /sites/{site}/reports/sending":                {"viewer", ""},
	"GET /sites/{site}/reports/hours":                  {"viewer", ""},
	"GET /sites/{site}/reports/tracking":               {"viewer", ""},
	"GET /sites/{site}/reports/status":                 {"viewer", ""},
	"GET /sites/{site}/reports/health":                 {"viewer", ""},
	"GET /sites/{site}/reports/values":                 {"viewer", ""},
	"GET /sites/{site}/reports/overview.csv":           {"viewer", ""},
	"GET /sites/{site}/reports/sending.csv":            {"viewer", ""},
	"GET /sites/{site}/reports/hours.csv":              {"viewer", ""},
	"GET /sites/{site}/reports/tracking.csv":           {"viewer", ""},
	"GET /sites/{site}/reports/pools.csv":              {"viewer", ""},
	"GET /sites/{site}/reports/revenue":                {"viewer", ""},
	"GET /sites/{site}/reports/revenue.csv":            {"viewer", ""},
	"GET /sites/{site}/reports/pools":                  {"viewer", ""},
	"PATCH /sites/{site}/reports/rules":                {"editor", `{}`},
	"GET /deliveries/{id}":                             {"viewer", ""},
	"GET /deliveries/{id}/attempts":                    {"viewer", ""},
	"POST /deliveries/{id}/retry":                      {"editor", ""},
	"POST /integrations/{id}/retry":                    {"editor", ""},
	"POST /deliveries/{id}/resend":                     {"editor", ""},
	"POST /sites/{site}/deliveries/resend":             {"editor", `{}`},
	"POST /sites/{site}/people":                        {"intake", samplePerson},
	"POST /sites/{site}/people.csv":                    {"intake", "external_id\n"},
	"POST /sites/{site}/opportunities.csv":             {"intake", "external_id\n"},
	"GET /sites/{site}/people":                         {"viewer", ""},
	"GET /sites/{site}/people/{id}":                    {"viewer", ""},
	"DELETE /sites/{site}/people/{id}":                 {"editor", ""},
	"POST /sites/{site}/opportunities":                 {"intake", sampleOpportunity},
	"GET /sites/{site}/opportunities":                  {"viewer", ""},
	"GET /sites/{site}/opportunities/{id}":             {"viewer", ""},
	"DELETE /sites/{site}/opportunities/{id}":          {"editor", ""},
	"GET /sites/{site}/people/{id}/journey":            {"viewer", ""},
	"GET /sites/{site}/opportunities/{id}/journey":     {"viewer", ""},
	"GET /sites/{site}/people/{id}/journey.csv":        {"viewer", ""},
	"GET /sites/{site}/opportunities/{id}/journey.csv": {"viewer", ""},
	"GET /sites/{site}/merging":                        {"viewer", ""},
	"GET /sites/{site}/conversions/{id}/merging":       {"viewer", ""},
	"GET /sites/{site}/touchpoints":                    {"viewer", ""},
	"GET /sites/{site}/attribution":                    {"viewer", ""},
	"PUT /sites/{site}/attribution":                    {"editor", `{}`},
	"GET /sites/{site}/attribution/channels":           {"viewer", ""},
	"PUT /sites/{site}/attribution/channels":           {"editor", `{"rules":[]}`},
	"GET /sites/{site}/attribution/channels.csv":       {"viewer", ""},
	"PUT /sites/{site}/attribution/channels.csv":       {"editor", "Channel"},
	"GET /sites/{site}/attribution/rates":              {"viewer", ""},
	"PUT /sites/{site}/attribution/rates":              {"editor", `{"corporate_currency":"USD","rates":[]}`},
	"POST /sites/{site}/erase":                         {"admin", `{"phone":"+12025550123"}`},
	"GET /alerts":                                      {"viewer", ""},
	"GET /sites/{site}/alerts":                         {"viewer", ""},
	"POST /alerts/{id}/mute":                           {"admin", ""},
	"DELETE /alerts/{id}/mute":                         {"admin", ""},
	"GET /alert-settings":                              {"admin", ""},
	"PATCH /alert-settings":                            {"admin", `{}`},
	"GET /sites/{site}/retention":                      {"viewer", ""},
	"PATCH /sites/{site}/retention":                    {"admin", `{}`},
	"POST /tokens":                                     {"admin", `{"name":"A","role":"viewer"}`},
	"GET /tokens":                                      {"admin", ""},
	"DELETE /tokens/{token}":                           {"admin", ""},
	"GET /audit":                                       {"admin", ""},
	"POST /accounts":                                   {"operator", `{"name":"A"}`},
	"GET /accounts":                                    {"operator", ""},
	"GET /limits":                                      {"viewer", ""},
	"GET /users":                                       {"admin", ""},
	"PATCH /users/{user}":                              {"admin", `{"role":"viewer"}`},
	"DELETE /users/{user}":                             {"admin", ""},
	"POST /users/{user}/reset":                         {"admin", ""},
	"POST /invitations":                                {"admin", `{"email":"another@example.com","role":"viewer"}`},
	"GET /invitations":                                 {"admin", ""},
	"DELETE /invitations/{invitation}":                 {"admin", ""},
	"GET /me":                                          {"viewer", ""},
	"PATCH /me":                                        {"viewer", `{"name":"A"}`},
	"POST /me/password":                                {"viewer", `{"current_password":"` + samplePassword + `","new_password":"` + samplePassword + `"}`},
	"PUT /me/account":                                  {"viewer", `{"account_id":"acc_default"}`},
	"GET /sites/{site}/views":                          {"viewer", ""},
	"POST /sites/{site}/views":                         {"viewer", `{"list":"calls","name":"A","query":"kind=lead"}`},
	"DELETE /sites/{site}/views/{view}":                {"viewer", ""},
	"GET /me/sessions":                                 {"viewer", ""},
	"DELETE /me/sessions":                              {"viewer", ""},
	"DELETE /me/sessions/{session}":                    {"viewer", ""},
	"PATCH /accounts/{account}/limits":                 {"operator", `{"limits":{}}`},

	"DELETE /sites/{site}/sources/{source}":              {"editor", ""},
	"GET /sites/{site}/sources/{source}/status":          {"viewer", ""},
	"POST /sites/{site}/sources/{source}/reconciliation": {"editor", ""},
}

// mayUse are the roles that may use an operation, by its least role.
var mayUse = map[string][]string{
	"intake":   {"operator", "admin", "editor", "intake"},
	"viewer":   {"operator", "admin", "editor", "viewer"},
	"editor":   {"operator", "admin", "editor"},
	"admin":    {"operator", "admin"},
	"operator": {"operator"},
}

// document reads the OpenAPI document from the service.
func document(t *testing.T, w *world) map[string]any {
	t.Helper()
	answer := w.do("GET", "/openapi.json", "", "")
	require.Equal(t, http.StatusOK, answer.Code)
	var out map[string]any
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &out))
	return out
}

// operations lists the operations of the document, such as "GET /sites".
func operations(t *testing.T, w *world) []string {
	t.Helper()
	var out []string
	for path, item := range document(t, w)["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			out = append(out, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(out)
	return out
}

// concrete puts the first account's ids into an operation's path.
func (w *world) concrete(path string) string {
	return w.fill(strings.NewReplacer("{id}", thingOf(path), "{external_id}", "call-9", "{source}", "callrail", "{token}", "{token-viewer}").Replace(path))
}

// thingOf returns the placeholder of the world's thing that {id} of an operation stands for.
func thingOf(path string) string {
	for plural, thing := range map[string]string{"people": "person", "opportunities": "opportunity"} {
		if strings.Contains(path, "/"+plural+"/{id}") {
			return "{" + thing + "}"
		}
	}
	for _, thing := range []string{"integration", "conversion", "pool", "number", "session", "unread-message"} {
		if strings.Contains(path, "/"+thing+"s/{id}") {
			return "{" + thing + "}"
		}
	}
	return "{delivery}"
}

var parameter = regexp.MustCompile(`\{[a-z_]+\}`)

// unknown puts unknown ids into a path.
func unknown(path string) string {
	path = strings.NewReplacer("{external_id}", "call-9", "{source}", "callrail").Replace(path)
	return parameter.ReplaceAllString(path, "unknown_0000000000000000000000")
}

func TestEveryOperationHasARow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Len(t, leastRole, len(operations(t, w)))
	for _, operation := range operations(t, w) {
		require.Contains(t, leastRole, operation, "say who may use the new operation")
	}
}

func TestRolesOnEveryRoute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for operation, least := range leastRole {
		method, path, _ := strings.Cut(operation, " ")
		t.Run(operation, func(t *testing.T) {
			for _, role := range []string{"operator", "admin", "editor", "viewer", "intake"} {
				answer := w.do(method, unknown(path), w.tokens[role], least.body)
				if slices.Contains(mayUse[least.role], role) {
					require.NotContains(t, []int{401, 403, 500}, answer.Code, "%s: %s", role, answer.Body)
				} else {
					require.Equal(t, 403, answer.Code, "%s: %s", role, answer.Body)
				}
			}
			for _, token := range []string{"", "wrong", "rbk_00000000000000000000000000_x", strings.ToUpper(w.tokens["admin"])} {
				answer := w.do(method, unknown(path), token, least.body)
				require.Equal(t, 401, answer.Code, answer.Body)
				require.Contains(t, answer.Header().Get("WWW-Authenticate"), "Bearer")
			}
		})
	}
}

var requestID = regexp.MustCompile(`"request_id":"[^"]*"`)

// TestG9_AnotherAccountsIDsAreUnknownOnEveryRoute checks that the answer is the same as to an unknown id.
func TestG9_AnotherAccountsIDsAreUnknownOnEveryRoute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for operation, least := range leastRole {
		method, path, _ := strings.Cut(operation, " ")
		if !strings.Contains(path, "{") || least.role == "operator" {
			continue
		}
		t.Run(operation, func(t *testing.T) {
			answer := w.do(method, w.concrete(path), w.tokens["stranger"], least.body)
			require.Equal(t, 404, answer.Code, answer.Body)
			nobodys := w.do(method, unknown(path), w.tokens["stranger"], least.body)
			require.Equal(t, requestID.ReplaceAllString(nobodys.Body.String(), ""), requestID.ReplaceAllString(answer.Body.String(), ""))
		})
	}
	require.Equal(t, 200, w.do("GET", "/sites/{site}/integrations/{integration}", adminToken, "").Code, "nothing was deleted")
	require.Equal(t, 200, w.do("GET", "/sites/{site}", w.tokens["viewer"], "").Code, "no token was revoked")
}

func TestG9_ListsShowOneAccountOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.names["own"] = decode(t, w.do("POST", "/sites", w.tokens["stranger"], `{"name":"Other Shop"}`))["id"].(string)
	mine := []string{"{site}", "{integration}", "{conversion}", "{delivery}", "{token-admin}"}
	w.run(t, []scenario{
		{name: "sites", method: "GET", path: "/sites", as: "stranger", status: 200, holds: []string{"{own}"}, lacks: mine},
		{name: "tokens", method: "GET", path: "/tokens", as: "stranger", status: 200, lacks: mine},
		{name: "audit", method: "GET", path: "/audit", as: "stranger", status: 200, lacks: mine},
		{name: "audit of their site", method: "GET", path: "/audit?site_id={site}", as: "stranger", status: 200, holds: []string{`"items":[]`}},
		{name: "own site, their integration", method: "GET", path: "/sites/{own}/integrations/{integration}", as: "stranger", status: 404},
		{name: "own site, their integration to change", method: "PATCH", path: "/sites/{own}/integrations/{integration}", as: "stranger", body: `{}`, status: 404},
		{name: "own site, their integration's deliveries", method: "GET", path: "/sites/{own}/deliveries?integration_id={integration}", as: "stranger", status: 200, holds: []string{`"items":[]`}},
		{name: "own site, their conversion's deliveries", method: "POST", path: "/sites/{own}/deliveries/resend", as: "stranger", body: `{"filter":{"conversion_id":"{conversion}"}}`, status: 200, holds: []string{`"count":0`}},
	})
	acting := w.request("GET", "/sites", w.tokens["stranger"], "")
	acting.Header.Set("Ringback-Account", "acc_default")
	require.Equal(t, 403, w.serve(acting).Code, "only the operator acts for others")

	operator := w.request("GET", "/sites", adminToken, "")
	operator.Header.Set("Ringback-Account", w.names["account"])
	require.Contains(t, w.serve(operator).Body.String(), w.names["own"])

	nobody := w.request("POST", "/sites", adminToken, `{"name":"A"}`)
	nobody.Header.Set("Ringback-Account", "acc_unknown")
	require.Equal(t, 404, w.serve(nobody).Code)
}

func TestRevokedTokensStopAtOnce(t *testing.T) {
	t.Parallel()
	newWorld(t).run(t, []scenario{
		{name: "works", method: "GET", path: "/sites", as: "viewer", status: 200},
		{name: "revoke", method: "DELETE", path: "/tokens/{token-viewer}", status: 204},
		{name: "works no more", method: "GET", path: "/sites", as: "viewer", status: 401},
		{name: "listed as revoked", method: "GET", path: "/tokens", status: 200, holds: []string{`"revoked_at":"2026-01-31T12:17:00Z"`}},
	})
}
