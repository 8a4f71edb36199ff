package web_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestG8_APersonIsCountedAndThenErased erases the person of a call, whose number is
// written in the way of the site's region.
func TestG8_APersonIsCountedAndThenErased(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := `"phone":"+1 (202) 555-0123","email":"Visitor@example.com"`
	counted := w.must("POST", "/sites/{site}/erase", `{`+person+`}`)
	require.Equal(t, false, counted["erased"])
	require.NotZero(t, counted["conversions"])
	total := int64(counted["total"].(float64))

	wrong := w.do("POST", "/sites/{site}/erase", adminToken, fmt.Sprintf(`{%s,"expected_count":%d}`, person, total+1))
	require.Equal(t, http.StatusConflict, wrong.Code)
	require.Contains(t, wrong.Body.String(), "count again")

	erased := w.must("POST", "/sites/{site}/erase", fmt.Sprintf(`{%s,"expected_count":%d}`, person, total))
	counted["erased"] = true
	require.Equal(t, counted, erased)
	require.Equal(t, http.StatusNotFound, w.do("GET", "/conversions/{conversion}", adminToken, "").Code)
	require.Zero(t, w.must("POST", "/sites/{site}/erase", `{`+person+`}`)["total"])
	require.Contains(t, w.do("GET", "/audit?entity=person", adminToken, "").Body.String(), `"action":"erased"`)
	require.NotContains(t, w.log.String(), "202555")
}

func TestErasingNeedsAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for want, body := range map[string]string{
		"a phone number or an e-mail address is needed": `{}`,
		"email": `{"email":"nobody"}`,
		"phone": `{"phone":"12"}`,
	} {
		answer := w.do("POST", "/sites/{site}/erase", adminToken, body)
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code, answer.Body)
		require.Contains(t, answer.Body.String(), want)
	}
}
