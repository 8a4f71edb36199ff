package sources

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"ringback/conversion"
)

// outcomeWords lists the words of providers for how a call ended, in English, Russian
// and Portuguese, without spaces.
var outcomeWords = map[conversion.Outcome][]string{
	conversion.OutcomeAnswered: plainList(
		"answer answered success successful connected conversation human " +
			"успешный успешно отвечен отвеченный отвечено ответ принят принятый принято состоялся разговор " +
			"atendida atendido respondida respondido efetuada"),
	conversion.OutcomeMissed: plainList(
		"noanswer notanswered unanswered noreply noresponse nopickup didnotanswer didntanswer missed abandoned abandon lost hungup beforeanswer noans nouserresponse leftmessage vm voicemail voicemessage leftvoicemail senttovoicemail " +
			"answeringmachine machine cancel canceled cancelled rejected declined dontcall donotcall timeout ringtimeout unsuccessful notsuccessful notconnected " +
			"нетответа безответа неотвечает неответил неотвечен неотвеченный неотвечено непринят непринятый непринято пропущен пропущенный пропущено потерян потерянный потеряно " +
			"неуспешный неуспешно безуспешный неудачный неудачно несостоялся недозвон недозвонился недозвонились недождался сброшен сброс отменен отклонен автоответчик голосоваяпочта таймаут " +
			"naoatendida naoatendidas naoatendido naoatendeu naoatende semresposta naorespondida naorespondido naorespondeu perdida perdido caixapostal correiodevoz secretariaeletronica " +
			"cancelada cancelado abandonada abandonado abandono rejeitada rejeitado recusada recusado desistencia naocompletada naocompletado semsucesso tempoesgotado"),
	conversion.OutcomeBusy: plainList("busy linebusy userbusy engaged занято занят занята ocupado ocupada linhaocupada"),
	conversion.OutcomeFailed: plainList(
		"failed failure fail error congestion congested chanunavail unavailable unreachable invalidnumber " +
			"ошибка недоступен недоступно сбой falha falhou erro congestionado congestionada indisponivel"),
}

// aroundOutcome lists the words that stand beside the others: "missed call".
var aroundOutcome = plainList("call calls status the was is by caller звонок вызов звонка вызова статус абонент абонента клиент клиента линия номер chamada ligacao cliente status foi a")

// longestOutcome is the most words of one of outcomeWords.
const longestOutcome = 4

// OutcomeOf returns how a call ended by a provider's words for it, such as NO ANSWER,
// "Пропущенный звонок" and "Abandoned (timeout)". It is empty for other words, such as
// "completed", which some providers write for unanswered calls too, and for words that
// contradict each other.
func OutcomeOf(text string) conversion.Outcome {
	words := strings.FieldsFunc(plainWords(text), func(r rune) bool { return !unicode.IsLetter(r) })
	words = slices.DeleteFunc(words, func(word string) bool { return slices.Contains(aroundOutcome, word) })
	var outcome conversion.Outcome
	unknown := false
	for len(words) > 0 {
		found, length := outcomeAt(words)
		words = words[length:]
		switch {
		case found == "":
			unknown = true
		case outcome == "":
			outcome = found
		case (outcome == conversion.OutcomeAnswered) != (found == conversion.OutcomeAnswered):
			return ""
		}
	}
	if unknown && outcome == conversion.OutcomeAnswered {
		return ""
	}
	return outcome
}

// outcomeAt returns the outcome that the first of these words mean, and how many they are.
func outcomeAt(words []string) (outcome conversion.Outcome, length int) {
	for length := min(longestOutcome, len(words)); length > 0; length-- {
		joined := strings.Join(words[:length], "")
		for _, outcome := range conversion.Outcomes() {
			if slices.Contains(outcomeWords[outcome], joined) {
				return outcome, length
			}
		}
	}
	return "", 1
}

func plainList(words string) []string { return strings.Fields(plainWords(words)) }

// plainWords returns a text in lower case without accents and apostrophes.
func plainWords(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || r == '\'' || r == '’' {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(text))
}
