package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/models/integrations"
)

// TestEveryOperationDeclaresAndHonoursTheLanguage asks each operation for each language,
// about ids that do not exist, with a token and without.
func TestEveryOperationDeclaresAndHonoursTheLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	doc := document(t, w)
	refused := map[string]string{"en": "this needs a token", "ru": "нужен токен", "pt-BR": "é necessário um token"}
	for _, name := range operations(t, w) {
		method, path, _ := strings.Cut(name, " ")
		operation := doc["paths"].(object)[path].(object)[strings.ToLower(method)].(object)
		require.Subset(t, operation["parameters"], []any{
			object{"$ref": "#/components/parameters/Language"}, object{"$ref": "#/components/parameters/Accept-Language"},
		}, name)
		for status, response := range operation["responses"].(object) {
			require.Contains(t, response.(object)["headers"], "Content-Language", "%s: %s", name, status)
		}
		for language, text := range refused {
			answer := w.do(method, unknown(path)+"?language="+language, adminToken, leastRole[name].body)
			require.Equal(t, language, answer.Header().Get("Content-Language"), name)
			require.Equal(t, []string{"Accept-Language"}, answer.Header().Values("Vary"), name)
			require.NotContains(t, answer.Body.String(), `"field":"language"`, name)
			answer = w.do(method, unknown(path)+"?language="+language, "", leastRole[name].body)
			require.Equal(t, language, answer.Header().Get("Content-Language"), name)
			require.Contains(t, answer.Body.String(), text, name)
		}
	}
}

func TestProblemsOfEveryKindNameTheirLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, problem := range map[string]struct {
		method, path, body string
		status             int
	}{
		"no such path":                {"GET", "/nothing", "", http.StatusNotFound},
		"no such method":              {"DELETE", "/sites", "", http.StatusMethodNotAllowed},
		"a parameter of no operation": {"GET", "/sites?color=red", "", http.StatusUnprocessableEntity},
		"a body that is no JSON":      {"POST", "/sites", "{", http.StatusBadRequest},
		"a field that is refused":     {"POST", "/sites", `{"name":""}`, http.StatusUnprocessableEntity},
		"a webhook of nobody":         {"POST", "//root/hooks/whk_nothing", "", http.StatusNotFound},
	} {
		r := w.request(problem.method, problem.path, adminToken, problem.body)
		r.Header.Set("Accept-Language", "ru")
		answer := w.serve(r)
		require.Equal(t, problem.status, answer.Code, "%s: %s", name, answer.Body)
		require.Equal(t, "application/problem+json", answer.Header().Get("Content-Type"), name)
		require.Equal(t, "ru", answer.Header().Get("Content-Language"), name)
		require.Equal(t, []string{"Accept-Language"}, answer.Header().Values("Vary"), name)
	}
}

// TestAConversionIsExplainedInTheReadersLanguage reads one conversion in each
// language, by the API and as a page.
func TestAConversionIsExplainedInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/sites/{site}/integrations/{integration}", `{"calls":{"metrics":["all"],"tags":{"any":["sales"]}}}`)
	id := w.must("POST", "/sites/{site}/calls/call-1/events", `{"type":"ended","at":"2026-01-31T12:00:00Z","outcome":"answered","talk_seconds":60}`)["conversion_id"].(string)
	w.must("POST", "/sites/{site}/calls/call-1/events", `{"type":"tagged","at":"2026-01-31T12:04:00Z","tags":["sales"]}`)
	w.decideWithoutTags(id)
	for _, test := range []struct{ query, accept, language, explanation, label string }{
		{"", "", "en", "Skipped: tag filter wants any of: sales; the call had no tags at its end; 'sales' came 4 minutes later and does not count.", "Timeline"},
		{"", "ru-RU,ru;q=0.9,en;q=0.5", "ru", "Не отправлено: фильтр по тегам — хотя бы один из: sales; на момент завершения звонка тегов не было; тег «sales» поставлен через 4 минуты после завершения звонка и не учитывается.", "Хронология"},
		{"?language=pt-BR", "ru", "pt-BR", `Não enviado: filtro de tags exigido: pelo menos uma de: sales; a chamada não tinha tags no fim; a tag "sales" chegou 4 minutos depois e não conta.`, "Linha do tempo"},
		{"?language=de", "ru", "ru", "Не отправлено: фильтр по тегам — хотя бы один из: sales; на момент завершения звонка тегов не было; тег «sales» поставлен через 4 минуты после завершения звонка и не учитывается.", "Хронология"},
	} {
		r := w.request("GET", "/conversions/"+id+test.query, adminToken, "")
		r.Header.Set("Accept-Language", test.accept)
		answer := w.serve(r)
		require.Equal(t, http.StatusOK, answer.Code, answer.Body)
		require.Equal(t, test.language, answer.Header().Get("Content-Language"))
		require.Contains(t, answer.Header().Values("Vary"), "Accept-Language")
		decision := decode(t, answer)["decisions"].([]any)[0].(object)
		require.Equal(t, test.explanation, decision["explanation"])
		check := decision["checks"].([]any)[0].(object)
		require.Equal(t, "tags", check["code"], "codes are the same in every language")
		require.Equal(t, object{"tags": object{"any": []any{"sales"}}}, check["wanted"])

		r = w.pageRequest("/conversions/"+id+test.query, adminToken)
		r.Header.Set("Accept-Language", test.accept)
		page := w.serve(r)
		require.Equal(t, test.language, page.Header().Get("Content-Language"))
		require.Contains(t, page.Header().Values("Vary"), "Accept-Language")
		require.Contains(t, page.Body.String(), `<html lang="`+test.language+`">`)
		require.Contains(t, page.Body.String(), test.label)
	}
}

// TestReasonsAreDataAndWrittenInTheReadersLanguage reads why a delivery failed, a
// breaker is open, an integration was switched off and a session began.
func TestReasonsAreDataAndWrittenInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.store.UpdateBreaker(t.Context(), w.names["integration"], func(b *integrations.Breaker) {
		throttled := delivery.AttemptOutcome{Health: delivery.Failing, Wait: time.Minute, Reason: delivery.AnsweredWith(429)}
		b.Breaker = b.After(throttled, start)
	})
	require.NoError(t, err)
	require.NoError(t, w.store.SwitchOffIntegration(t.Context(), w.names["integration"], delivery.FailuresInRow(3, delivery.AnsweredWith(400))))
	failed := object{"code": "answered", "status": 400.0, "error_code": "E1", "message": "sample message"}

	for _, test := range []struct{ language, failed, open, switchedOff string }{
		{"en", "answered 400 (E1): sample message", "the destination asked to wait: answered 429", "3 deliveries in a row failed; the last: answered 400"},
		{"ru", "ответ 400 (E1): sample message", "получатель просит подождать: ответ 429", "подряд не удались 3 доставки; последняя причина: ответ 400"},
		{"pt-BR", "resposta 400 (E1): sample message", "o destino pediu para aguardar: resposta 429", "3 entregas seguidas falharam; a última: resposta 400"},
	} {
		read := func(route string) object {
			answer := w.do("GET", route+"language="+test.language, adminToken, "")
			require.Equal(t, http.StatusOK, answer.Code, answer.Body)
			require.Equal(t, test.language, answer.Header().Get("Content-Language"), route)
			require.Contains(t, answer.Header().Values("Vary"), "Accept-Language", route)
			return decode(t, answer)
		}
		listed := read("/sites/{site}/deliveries?state=failed&")["items"].([]any)[0].(object)
		for _, d := range []object{listed, read("/deliveries/{delivery}?")} {
			require.Equal(t, failed, d["reason"])
			require.Equal(t, test.failed, d["explanation"])
		}
		detail := read("/conversions/" + listed["conversion_id"].(string) + "?")
		require.Equal(t, failed, detail["integrations"].([]any)[0].(object)["reason"])
		page := w.browse("/conversions/"+listed["conversion_id"].(string)+"?language="+test.language, adminToken)
		require.Contains(t, page.Body.String(), listed["id"].(string)+": "+test.failed)

		inList := read("/sites/{site}/integrations?")["items"].([]any)[0].(object)
		for _, integration := range []object{inList, read("/sites/{site}/integrations/{integration}?")} {
			breaker := integration["breaker"].(object)
			require.Equal(t, object{"code": "asked_to_wait", "last": object{"code": "answered", "status": 429.0}}, breaker["reason"])
			require.Equal(t, test.open, breaker["explanation"])
		}
		change := read("/audit?entity=integration&")["items"].([]any)[0].(object)
		require.Equal(t, "switched_off", change["action"])
		require.Equal(t, test.switchedOff, change["explanation"])
	}
}

func TestWhyASessionBeganIsDataAndWrittenInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.names["session"] = w.visit("visitor_0000000000000009", "https://www.example.com/?utm_source=newsletter&utm_medium=email").SessionID
	call := w.must("POST", "/sites/{site}/calls/call-9/events", w.fill(`{"type":"started","session_id":"{session}"}`))["conversion_id"].(string)
	for language, text := range map[string]string{
		"en":    "the visitor's first; it came from newsletter / email",
		"ru":    "первый визит посетителя; переход из newsletter / email",
		"pt-BR": "a primeira do visitante; veio de newsletter / email",
	} {
		answer := w.do("GET", "/sites/{site}/sessions?visitor=visitor_0000000000000009&language="+language, adminToken, "")
		require.Equal(t, language, answer.Header().Get("Content-Language"))
		session := decode(t, answer)["items"].([]any)[0].(object)
		require.Equal(t, object{"code": "source", "first": true, "source": "newsletter", "medium": "email"}, session["started_because"])
		require.Equal(t, text, session["explanation"])
		page := w.browse("/conversions/"+call+"?language="+language, adminToken).Body.String()
		require.Contains(t, page, "("+strings.ReplaceAll(text, "'", "&#39;")+")")
	}
}

func TestSigningInKeepsTheLanguageOfTheAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	away := w.browse("/conversions/{conversion}?language=pt-BR", "").Header().Get("Location")
	require.Equal(t, "/login?language=pt-BR&next="+url.QueryEscape(w.fill("/conversions/{conversion}?language=pt-BR")), away)
	require.Contains(t, w.browse(away, "").Body.String(), `action="/login?language=pt-BR"`)
}

func TestPagesForSigningInAndErrorsAreInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for language, want := range map[string]struct{ signIn, unknown, missing string }{
		"en":    {"Sign in", "The token is not known.", "Not found"},
		"ru":    {"Войти", "Токен неизвестен.", "Не найдено"},
		"pt-BR": {"Entrar", "O token não é conhecido.", "Não encontrado"},
	} {
		form := strings.NewReader("token=rb_unknown&next=/")
		refused := httptest.NewRequest(http.MethodPost, "/login?language="+language, form)
		refused.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for text, answer := range map[string]*httptest.ResponseRecorder{
			want.signIn:  w.browse("/login?language="+language, ""),
			want.unknown: w.serve(refused),
			want.missing: w.browse("/conversions/cnv_none?language="+language, adminToken),
		} {
			require.Contains(t, answer.Body.String(), text)
			require.Contains(t, answer.Body.String(), `<html lang="`+language+`">`)
			require.Equal(t, language, answer.Header().Get("Content-Language"))
			require.Contains(t, answer.Header().Values("Vary"), "Accept-Language")
		}
	}
}

// TestProblemsAreWrittenInTheReadersLanguage reads an integration and a source whose
// credentials cannot be read.
func TestProblemsAreWrittenInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.handler = w.withOtherKeys()
	for _, route := range []string{"/sites/{site}/integrations", "/sites/{site}/sources"} {
		r := w.request("GET", route, adminToken, "")
		r.Header.Set("Accept-Language", "pt-BR")
		answer := w.serve(r)
		require.Equal(t, "pt-BR", answer.Header().Get("Content-Language"))
		require.Contains(t, answer.Body.String(), `"problem_code":"credentials_unreadable"`)
		require.Contains(t, answer.Body.String(), "as credenciais não podem ser lidas")
	}
}
