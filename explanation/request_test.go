package explanation_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/explanation"
	"ringback/internal/fault"
	"ringback/internal/locale"
)

func TestWhyRequestsFailInEveryLanguage(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		reason                       fault.Reason
		english, russian, portuguese string
	}{
		"without values": {fault.Because("no_such_site"), "there is no such site", "такого сайта нет", "esse site não existe"},
		"with a value": {fault.Because("number_exists").With("Number", "+12025550123"),
			"the site has the number +12025550123 already", "у сайта уже есть номер +12025550123", "o site já tem o número +12025550123"},
		"with a count": {fault.Because("pool_has_numbers").Counting(3), "the pool has 3 numbers; delete them or move them out of the pool first",
			"в пуле 3 номера; сначала удалите их или перенесите", "o pool tem 3 números; exclua-os ou mova-os antes"},
		"of a later version": {fault.Because("more"), "more (a code of a later version of Ringback)",
			"more (код более поздней версии Ringback)", "more (um código de uma versão mais nova do Ringback)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.english, explanation.In(locale.English).Request(tc.reason))
			require.Equal(t, tc.russian, explanation.In(locale.Russian).Request(tc.reason))
			require.Equal(t, tc.portuguese, explanation.In(locale.Portuguese).Request(tc.reason))
		})
	}
}

func TestErrorsForOperatorsAreSentences(t *testing.T) {
	t.Parallel()
	missing := fault.New(fault.Unavailable, "schema_not_current").With("Missing", "00001_first.sql")
	require.Equal(t, `the database's schema is not current: missing 00001_first.sql; run "ringback migrate"`, explanation.Error(fmt.Errorf("starting: %w", missing)))
	require.Equal(t, "the database does not answer; try again later: refused", explanation.Error(fault.New(fault.Unavailable, "database_away").By(errors.New("refused"))))
	require.Equal(t, "refused", explanation.Error(errors.New("refused")))
}
