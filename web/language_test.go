package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

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
