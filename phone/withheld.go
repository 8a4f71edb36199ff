package phone

import (
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/unicode/norm"
)

// withheldWords lists the words that networks, providers and phones show instead of a
// number, in the languages of most of them, without spaces.
var withheldWords = wordSet(
	"anonymous anonym anonyme blocked private restricted unavailable unknown withheld hidden suppressed confidential secret unlisted unidentified " +
		"no none nil null undefined na notavailable notprovided notdisclosed outofarea payphone coinline clir presentationrestricted " +
		"unbekannt unbekannte unbekannter unterdrückt privat masqué masque inconnu inconnue privé oculto oculta desconocido desconocida privado privada " +
		"sin sem sans ohne keine verborgen restringido bloqueado desconhecido desconhecida anônimo anonimo anónimo nãoidentificado naoidentificado nãoidentificada naoidentificada confidencial restrito " +
		"sconosciuto privato nascosto nieznany prywatny zastrzeżony okänt okänd skyddat hemligt dolt ukendt ukjent skjult onbekend afgeschermd gizli bilinmeyen " +
		"скрыт скрыто скрытый анонимный аноним неизвестен неизвестно неизвестный неопределен неопределён приватный закрытый прихований невідомий анонімний " +
		"非通知 非通知設定 表示圏外 公衆電話 通知不可能 通知不可 匿名 未知 私人 隐藏 隱藏 未显示 无 발신자표시제한 번호표시제한 알수없음 חסוי פרטי רקם خاص مجهول محجوب غيرمعروف")

// filler lists the words that may stand beside the others, as in "Private Number",
// "Restricted_Caller" and "No Caller ID".
var filler = wordSet("caller callers number name id call user by the their number's caller's party numéro numero appel número número llamada chamada nummer nr rufnummer anrufer " +
	"telefonnummer numer numara номер номера абонент телефон звонок 号码 號碼 电话 번호 מספר رقم")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}

// withheldNumbers holds such words as dialed on a telephone keypad: carriers that can
// send only digits send +266696687 for "anonymous". None of them exists in the
// numbering plan of the country that it seems to belong to.
var withheldNumbers = spellAll("anonymous", "blocked", "restricted", "unavailable", "unknown")

// withheld reports whether raw stands for a caller without a number. The region is
// that of numbers without a country code.
func withheld(raw, region string) bool {
	if raw == "" || withheldNumbers[raw] || withheldNumbers["+"+raw] && !isNumberOf(raw, region) {
		return true
	}
	if strings.ContainsAny(raw, "0123456789") {
		return false
	}
	return isSentenceOf(letters(raw))
}

// letters returns the letters of a text, in lower case and as they are composed in the
// lists of words.
func letters(text string) []rune {
	return []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || r == '\'' {
			return r
		}
		return -1
	}, strings.ToLower(norm.NFKC.String(text))))
}

// isSentenceOf reports whether a text without spaces consists of withheldWords and filler
// alone, with one of the former at least.
func isSentenceOf(text []rune) bool {
	const none, ofFiller, withWord = 0, 1, 2
	reached := make([]int, len(text)+1) // by how many letters: the best sentence of the text before
	reached[0] = ofFiller
	for end := 1; end <= len(text); end++ {
		for start := range end {
			word := string(text[start:end])
			switch {
			case reached[start] == none:
			case withheldWords[word]:
				reached[end] = withWord
			case filler[word]:
				reached[end] = max(reached[end], reached[start])
			}
		}
	}
	return len(text) > 0 && reached[len(text)] == withWord
}

// isNumberOf reports whether these digits are a number of the region.
func isNumberOf(digits, region string) bool {
	parsed, err := phonenumbers.Parse(digits, region)
	return err == nil && phonenumbers.IsValidNumberForRegion(parsed, region)
}

func spellAll(words ...string) map[string]bool {
	spelled := make(map[string]bool, len(words))
	for _, w := range words {
		spelled["+"+spell(w)] = true
	}
	return spelled
}

// spell returns the keys of a telephone keypad (ITU-T E.161) that spell a word.
func spell(word string) string {
	const keys = "22233344455566677778889999"
	digits := make([]byte, len(word))
	for i := range len(word) {
		digits[i] = keys[word[i]-'a']
	}
	return string(digits)
}
