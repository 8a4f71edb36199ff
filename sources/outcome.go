package sources

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"ringback/conversion"
)

// outcomeWords lists the words of providers for how a call ended, in the languages of most of
// them, without spaces.
var outcomeWords = map[conversion.Outcome][]string{
	conversion.OutcomeAnswered: plainList(
		"answer answered accepted pickedup success successful connected conversation human " +
			"contestada contestado beantwortet angenommen repondu decroche " +
			"успешный успешно успех ответил ответила состоявшийся отвечен отвеченный отвечено ответ принят принятый принято состоялся разговор " +
			"atendida atendido respondida respondido efetuada"),
	conversion.OutcomeMissed: plainList(
		"noanswer notanswered unanswered noreply noresponse nopickup didnotanswer didntanswer missed missedcall abandoned abandon lost beforeanswer noans answeredno failedtoanswer noforward ringnoanswer noavailableagent noagent noagents agentsdidnotanswer outofopeninghours nouserresponse leftmessage vm voicemail voicemessage leftvoicemail senttovoicemail " +
			"answeringmachine machine cancel canceled cancelled rejected declined dontcall donotcall timeout ringtimeout unsuccessful notsuccessful notconnected " +
			"nocontestada nocontestado nocontesta nocontesto sinrespuesta perdida rechazada rechazado buzondevoz buzon verpasst nichtangenommen nichtbeantwortet nichterreicht keineantwort abgelehnt entgangen " +
			"manque manquee sansreponse nonrepondu messagerie refuse rejete " +
			"нетответа безответа неотвечает неответил неотвечен неотвеченный неотвечено непринят непринятый непринято пропущен пропущенный пропущено потерян потерянный потеряно " +
			"неуспешный неуспешно безуспешный неудачный неудачно несостоялся несостоявшийся нетсоединения недозвон недозвонился недозвонились недождался сброшен сброс отменен отклонен автоответчик голосоваяпочта таймаут " +
			"naoatendida naoatendidas naoatendido naoatendeu naoatende semresposta naorespondida naorespondido naorespondeu perdida perdido caixapostal correiodevoz secretariaeletronica " +
			"cancelada cancelado abandonada abandonado abandono rejeitada rejeitado recusada recusado desistencia naocompletada naocompletado semsucesso tempoesgotado"),
	conversion.OutcomeBusy: plainList("besetzt occupe busy linebusy userbusy engaged занято занят занята ocupado ocupada linhaocupada"),
	conversion.OutcomeFailed: plainList(
		"failed failure fail error congestion congested chanunavail unavailable unreachable invalidnumber notavailable notfound unallocatednumber outoforder nomoney nolimit nodaylimit linelimit fallida fallido fehler fehlgeschlagen echec " +
			"ошибка недоступен недоступно сбой falha falhou erro congestionado congestionada indisponivel"),
}

// machineWords lists the words among outcomeWords for machines that answered.
var machineWords = plainList("leftmessage vm voicemail voicemessage leftvoicemail senttovoicemail answeringmachine machine автоответчик голосоваяпочта caixapostal correiodevoz secretariaeletronica buzondevoz buzon messagerie")

// aroundOutcome lists the words that stand beside the others: "missed call".
var aroundOutcome = plainList("call calls status the was is by caller llamada cliente anruf appel звонок вызов звонка вызова статус абонент абонента клиент клиента линия номер chamada ligacao cliente status foi a")

// longestOutcome is the most words of one of outcomeWords.
const longestOutcome = 4

// OutcomeOf returns how a call ended by a provider's words for it, such as NO ANSWER,
// "Пропущенный звонок" and "Abandoned (timeout)". It is empty for other words, such as
// "completed", which some providers write for unanswered calls too, and for words that
// contradict each other. A call that a machine answered was missed.
func OutcomeOf(text string) conversion.Outcome {
	words := strings.FieldsFunc(plainWords(text), func(r rune) bool { return !unicode.IsLetter(r) })
	words = slices.DeleteFunc(words, func(word string) bool { return slices.Contains(aroundOutcome, word) })
	var outcome conversion.Outcome
	unknown, contradicts := false, false
	for len(words) > 0 {
		found, length := outcomeAt(words)
		if slices.Contains(machineWords, strings.Join(words[:length], "")) {
			return conversion.OutcomeMissed
		}
		words = words[length:]
		switch {
		case found == "":
			unknown = true
		case outcome == "":
			outcome = found
		case (outcome == conversion.OutcomeAnswered) != (found == conversion.OutcomeAnswered):
			contradicts = true
		}
	}
	if contradicts || unknown && outcome == conversion.OutcomeAnswered {
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
