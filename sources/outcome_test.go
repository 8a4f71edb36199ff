package sources_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/sources"
)

func TestM9_WordsOfProvidersForHowACallEnded(t *testing.T) {
	t.Parallel()
	for want, words := range map[conversion.Outcome][]string{
		conversion.OutcomeMissed: {
			"NO ANSWER", "no-answer", "NoAnswer", "No_Answer", "voicemail", "Voice Mail", "VOICEMAIL", "Missed call", "missed", "abandoned", "CANCEL", "Canceled", "DONTCALL", "didn't answer", "Unanswered - voicemail", "missed (abandoned)", "No-Answer (timeout)", "not answered by agent", "Abandoned in queue", "client hung up before answer",
			"answered by voicemail", "Answered (machine)", "Voicemail - answered", "missed_call", "agents_did_not_answer", "no_available_agent", "out_of_opening_hours", "NO-FORWARD", "CLIENT-NO-ANSWER", "Ring no answer", "failed to answer", "answered: no",
			"no contestada", "Sin respuesta", "llamada perdida", "verpasst", "nicht angenommen", "Entgangener Anruf - verpasst", "Appel manqué", "sans réponse", "Не состоявшийся", "нет соединения",
			"NO_USER_RESPONSE", "ORIGINATOR_CANCEL", "Клиент не дождался ответа", "перевод на автоответчик", "Perdida - caixa postal",
			"nao atendida", "não atendida", "Não Atendida", "NÃO ATENDIDO", "sem resposta", "Chamada perdida", "caixa postal", "Secretária eletrônica", "abandonada",
			"нет ответа", "Не отвечен", "не принят", "Пропущенный", "Пропущенный звонок", "пропущен", "Неуспешный", "недозвон", "отменён", "автоответчик", "Без ответа абонента",
		},
		conversion.OutcomeBusy:     {"BUSY", "line busy", "besetzt", "occupé", "user_busy", "ocupado", "Linha ocupada", "занято", "Линия занята", "Абонент занят"},
		conversion.OutcomeFailed:   {"FAILED", "congestion", "unallocated number", "DESTINATION_OUT_OF_ORDER", "no money", "line limit", "NotFound", "fallida", "échec", "CHANUNAVAIL", "falha", "indisponível", "ошибка", "Недоступен"},
		conversion.OutcomeAnswered: {"ANSWER", "answered", "Success", "Успешный", "Accepted", "Call accepted", "picked up", "contestada", "beantwortet", "répondu", "Ответил", "Состоявшийся", "принят", "Отвеченный", "atendida"},
		"":                         {"", "completed", "hangup", "COMPLETE", "7", "???", "завершен", "finalizada", "no", "hung up", "wrong number", "sale", "Answered by Ann", "answered elsewhere", "caller is busy with another line, answered", "answered later", "connected to nobody"},
	} {
		for _, word := range words {
			require.Equal(t, want, sources.OutcomeOf(word), word)
		}
	}
}
