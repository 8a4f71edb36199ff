package explanation_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/explanation"
	"ringback/internal/locale"
	"ringback/visits"
)

func TestWhyASessionBeganInEachLanguage(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		reason       visits.StartReason
		en, ru, ptBR string
	}{
		"the first, from an ad": {
			visits.StartReason{Code: visits.StartSource, First: true, Source: "google", Medium: "cpc"},
			"the visitor's first; it came from google / cpc", "первый визит посетителя; переход из google / cpc",
			"a primeira do visitante; veio de google / cpc",
		},
		"without a source": {
			visits.StartReason{Code: visits.StartSource, Medium: "email"}, "it came from email", "переход из email", "veio de email",
		},
		"after a pause": {
			visits.StartReason{Code: visits.StartInactivity}, "the last activity was too long ago",
			"с последней активности прошло слишком много времени", "a última atividade foi há muito tempo",
		},
		"of an earlier version": {
			visits.StartReason{Text: "it came by a campaign"}, "it came by a campaign", "it came by a campaign", "it came by a campaign",
		},
		"of a newer version": {
			visits.StartReason{Code: "dream"}, "dream (a code of a later version of Ringback)", "dream (код более поздней версии Ringback)",
			"dream (um código de uma versão mais nova do Ringback)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.en, explanation.In(locale.English).SessionStart(tc.reason))
			require.Equal(t, tc.ru, explanation.In(locale.Russian).SessionStart(tc.reason))
			require.Equal(t, tc.ptBR, explanation.In(locale.Portuguese).SessionStart(tc.reason))
		})
	}
}
