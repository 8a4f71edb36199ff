package explanation_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/locale"
)

func init() {
	files := fstest.MapFS{}
	for l, text := range map[locale.Language]string{
		locale.English: "no consent of {{.system}}", locale.Russian: "нет согласия {{.system}}", locale.Portuguese: "sem consentimento de {{.system}}",
	} {
		files["messages/"+string(l)+".yaml"] = &fstest.MapFile{Data: []byte(`no_consent: "` + text + `"`)}
	}
	explanation.AddMessages("place", files)
}

func TestReasonsInEachLanguage(t *testing.T) {
	t.Parallel()
	failing := delivery.Breaker{Failures: delivery.FailuresToOpen - 1}.After(
		delivery.AttemptOutcome{Health: delivery.Failing, Reason: delivery.AnsweredWith(500)}, started).Reason
	for name, tc := range map[string]struct {
		reason       delivery.Reason
		en, ru, ptBR string
	}{
		"an answer": {delivery.AnsweredWith(503), "answered 503", "ответ 503", "resposta 503"},
		"an error in the destination's format": {
			delivery.AnsweredWithError(400, "E1", "no such field"),
			"answered 400 (E1): no such field", "ответ 400 (E1): no such field", "resposta 400 (E1): no such field",
		},
		"the probe of a breaker": {
			delivery.ProbeUnderWay(failing),
			"the destination keeps failing: answered 500; one delivery is trying",
			"получатель раз за разом не принимает события: ответ 500; идёт пробная отправка одной доставки",
			"o destino falha repetidamente: resposta 500; uma entrega está em teste",
		},
		"given up": {
			delivery.GaveUp(72*time.Hour, delivery.Reason{Code: delivery.ReasonTimeout}),
			"gave up after 3 days; last: no answer in time",
			"за 3 дня доставить не удалось, попытки прекращены; последняя причина: ответ не получен вовремя",
			"desistiu após 3 dias; último motivo: não houve resposta dentro do prazo",
		},
		"waited until its time was over": {
			delivery.Reason{Code: delivery.ReasonTimeRanOut}.After(delivery.AnsweredWith(503)),
			"gave up: the time for it ran out while it waited; it waited because: answered 503",
			"попытки прекращены: время на доставку истекло во время ожидания; причина ожидания: ответ 503",
			"desistiu: o prazo da entrega terminou enquanto ela aguardava; motivo da espera: resposta 503",
		},
		"without the reason that it follows": {
			delivery.Reason{Code: delivery.ReasonKeepsFailing},
			"the destination keeps failing: the reason is not recorded",
			"получатель раз за разом не принимает события: причина не записана",
			"o destino falha repetidamente: o motivo não foi registrado",
		},
		"switched off": {
			delivery.FailuresInRow(5, delivery.AnsweredWith(400)),
			"5 deliveries in a row failed; the last: answered 400",
			"подряд не удалось 5 доставок; последняя причина: ответ 400",
			"5 entregas seguidas falharam; a última: resposta 400",
		},
		"of one destination": {
			delivery.Reason{Code: "place.no_consent", Values: map[string]string{"system": "Place"}},
			"no consent of Place", "нет согласия Place", "sem consentimento de Place",
		},
		"a setting": {
			delivery.UnusableSetting("options.cd", fault.OneOf([]string{"true", "false"})),
			"the setting options.cd cannot be used; expected: one of: true, false",
			"настройка options.cd не подходит; ожидается: одно из: true, false",
			"a configuração options.cd não pode ser usada; esperado: um destes: true, false",
		},
		"of an earlier version": {delivery.Reason{Text: "answered 500"}, "answered 500", "answered 500", "answered 500"},
		"of a newer version": {
			delivery.Reason{Code: "tired"},
			"tired (a code of a later version of Ringback)", "tired (код более поздней версии Ringback)",
			"tired (um código de uma versão mais nova do Ringback)",
		},
		"of one destination in a newer version": {
			delivery.Reason{Code: "place.tired"}, "place.tired (a code of a later version of Ringback)", "place.tired (код более поздней версии Ringback)",
			"place.tired (um código de uma versão mais nova do Ringback)",
		},
		"none": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.en, explanation.In(locale.English).Reason(tc.reason))
			require.Equal(t, tc.ru, explanation.In(locale.Russian).Reason(tc.reason))
			require.Equal(t, tc.ptBR, explanation.In(locale.Portuguese).Reason(tc.reason))
		})
	}
}

func TestMessagesOfADestinationAreChecked(t *testing.T) {
	t.Parallel()
	require.Empty(t, explanation.MessageProblems("place"))
	require.Empty(t, explanation.MessageProblems("a destination without messages"))
}
