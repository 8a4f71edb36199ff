package database_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/models/database"
)

// TestM8_KeysAreFoundByATextInAnyCase has letters that neither database makes small: their LOWER
// changes those of ASCII alone.
func TestM8_KeysAreFoundByATextInAnyCase(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ string) {
		for _, c := range []struct {
			key, like string
			found     bool
		}{
			{"Spring Sale", "SALE", true}, {"Spring Sale", "sales", false},
			{"Весна 2026", "Весна", true}, {"Весна 2026", "весна", true}, {"весна 2026", "ВЕСНА", true}, {"ВеСнА", "вЕсНа", true}, {"Весна", "веска", false},
			{"Promoção de Verão", "PROMOÇÃO", true}, {"PROMOÇÃO", "promoção", true}, {"Promocao", "promoção", false},
			{"İstanbul", "İstanbul", true}, {"Straße", "STRAße", true}, {"ΣΊΣΥΦΟΣ", "σίσυφος", true},
			{"100 % ÖKO", "% öko", true}, {"100 ÖKO", "% öko", false}, {"a_Ö", "_ö", true}, {"abÖ", "a_ö", false},
		} {
			values := []any{c.key}
			condition := database.KeyFilter{Like: c.like}.Where(&values)
			var found int64
			require.NoError(t, db.Read(t.Context()).Raw("SELECT COUNT(*) FROM (SELECT CAST(? AS text) AS key) AS keys"+condition, values...).Scan(&found).Error)
			require.Equal(t, c.found, found == 1, "%q in %q", c.like, c.key)
		}
	})
}
