package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestG2_APeopleFileIsTheSameWhenItIsPostedAgain imports more lines than one transaction
// stores.
func TestG2_APeopleFileIsTheSameWhenItIsPostedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var file strings.Builder
	file.WriteString("\uFEFFexternal_id,email,phone,added_at\r\n")
	for n := range 1203 {
		fmt.Fprintf(&file, "lead-%d,visitor%d@example.com,,2026-01-31\r\n", n, n)
	}
	first := decode(t, w.uploads("POST", "/sites/{site}/people.csv", w.tokens["intake"], file.String()))
	require.Equal(t, object{"lines": 1203.0, "changed": 1203.0, "left_out": 0.0, "errors": []any{}, "rounded": []any{}, "separator": ","}, first)
	again := decode(t, w.uploads("POST", "/sites/{site}/people.csv", w.tokens["intake"], file.String()))
	require.Equal(t, object{"lines": 1203.0, "changed": 0.0, "left_out": 0.0, "errors": []any{}, "rounded": []any{}, "separator": ","}, again)
	listed := items(w.must("GET", "/sites/{site}/people?limit=1", "")["items"])[0].(object)
	require.Equal(t, "2026-01-31T00:00:00Z", listed["added_at"])

	changed := strings.Replace(file.String(), "visitor7@", "another@", 1) + "lead-8,first@example.com,,\nlead-8,last@example.com,,\n"
	require.EqualValues(t, 3, decode(t, w.uploads("POST", "/sites/{site}/people.csv", w.tokens["intake"], changed))["changed"])
}

// TestAFileOfExcelWithSemicolonsIsRead posts a file as Excel writes it in Russian or
// Portuguese, with an amount of more decimals than its currency has.
func TestAFileOfExcelWithSemicolonsIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	file := "\uFEFFexternal_id;opened_at;amount;currency;people\r\ndeal-s;2026-01-31;19.995;USD;\"p-1; p-2\"\r\ndeal-t;2026-01-31;19.990;USD;\r\n"
	done := decode(t, w.uploads("POST", "/sites/{site}/opportunities.csv", w.tokens["intake"], file))
	require.EqualValues(t, 2, done["changed"])
	require.Equal(t, ";", done["separator"])
	require.Equal(t, []any{2.0}, done["rounded"])
	amounts := map[string]any{}
	for _, item := range items(w.must("GET", "/sites/{site}/opportunities", "")["items"]) {
		amounts[item.(object)["external_id"].(string)] = item.(object)["amount"]
	}
	require.EqualValues(t, 2000, amounts["deal-s"])
	require.EqualValues(t, 1999, amounts["deal-t"])
}

func TestLinesThatCannotBeUsedAreNamedAndLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/sites/{site}", `{"time_zone":"Europe/Berlin"}`)
	file := `external_id,account,opened_at,closed_at,won,amount,currency,people,primary_person,stages
deal-a,acme-3,2026-01-31,2026-02-10 12:30,yes,1000.01,usd,p-1; p-2,p-2,"Demo=2026-02-01; Offer, second=2026-02-02T10:00:00Z"

deal-b,,2026-02-30,,,,,,,
deal c,,2026-01-31,,maybe,12 USD,USD,,,Demo
deal-d,,2026-01-31,,yes,5,,,,
deal-e,,2026-01-31,,,5,JPY,bad id,,
deal-f,"unclosed" x,2026-01-31,,,,,,,
deal-g,,2026-01-31,,,,,,,,,too many
deal-h,` + "\xff" + `,2026-01-31,,,,,,,
deal-i,,2026-01-31,,,,,,,
`
	answer := w.uploads("POST", "/sites/{site}/opportunities.csv", w.tokens["intake"], file)
	require.Equal(t, http.StatusOK, answer.Code, answer.Body)
	done := decode(t, answer)
	require.EqualValues(t, 2, done["changed"])
	require.EqualValues(t, 7, done["left_out"])
	var named []string
	for _, item := range items(done["errors"]) {
		e := item.(object)
		column, _ := e["column"].(string)
		named = append(named, fmt.Sprintf("%v %s", e["line"], column))
		require.NotEmpty(t, e["expected"])
		require.NotContains(t, e["expected"], "{{")
	}
	require.Equal(t, []string{
		"4 opened_at", "5 external_id", "5 won", "5 stages", "5 amount", "6 closed_at", "6 currency", "7 people", "8 ", "9 ", "10 account",
	}, named)
	var deal object
	for _, item := range items(w.must("GET", "/sites/{site}/opportunities", "")["items"]) {
		if item.(object)["external_id"] == "deal-a" {
			deal = item.(object)
		}
	}
	require.EqualValues(t, 100_001, deal["amount"])
	require.Equal(t, ",", done["separator"])
	require.Empty(t, done["rounded"])
	require.Equal(t, "2026-01-30T23:00:00Z", deal["opened_at"], "midnight in the site's time zone")
	require.Equal(t, []any{object{"person": "p-1"}, object{"person": "p-2", "primary": true}}, deal["people"])
	require.Len(t, deal["stages"], 2)

	for file, field := range map[string]string{
		"": "line 1", "email\n": "line 1", "external_id,e-mail\na,b\n": "line 1, column 2",
		"external_id,phone,Phone\na,,\n": "line 1, column 3",
	} {
		require.Equal(t, []string{field}, wrongFields(t, w.uploads("POST", "/sites/{site}/people.csv", w.tokens["intake"], file)))
	}
	russian := decode(t, w.uploads("POST", "/sites/{site}/people.csv?language=ru", w.tokens["intake"], "external_id,added_at\na,soon\n"))
	require.Contains(t, items(russian["errors"])[0].(object)["expected"], "время")
}
