package phone

import "strings"

// withheldWords lists the words that networks, providers and phones show instead of a
// number, in the languages of most of them, without spaces.
var withheldWords = joined(
	wordSet("anonymous anonymously anonym anonyme anon blocked private privacy restricted unavailable unavail unknown withheld withhold hidden masked redacted suppressed confidential "+
		"secret unlisted unpublished unidentified unassigned unallocated undisclosed unspecified unrecognized unrecognised undetermined unregistered barred incognito "+
		"empty blank missing absent prohibited prohib disabled rejectbyuser rejectedbyuser interactionwithotherservice "+
		"no none nil null nan undefined false na noclid outofarea payphone coinline clir presentationrestricted "+
		"unbekannt unbekannte unbekannter unterdrückt unterdrückte unterdrückter anonymer anonymisiert privat masqué masque inconnu inconnue privé secreto secreta oculto oculta desconocido desconocida privado privada "+
		"ka indisponible indisponível indisponivel sn verborgen restringido bloqueado desconhecido desconhecida anônimo anonimo anónimo confidencial restrito "+
		"sconosciuto privato nascosto nieznany prywatny ukryty zastrzeżony anonymní skryté skrytý neznámé neznámý okänt okänd skyddat hemligt dolt ukendt ukjent skjult "+
		"onbekend afgeschermd anoniem gizli bilinmeyen ismeretlen rejtett necunoscut ascuns tuntematon salainen ανώνυμος ανωνυμος άγνωστος απόκρυψη "+
		"скрыт скрыто скрытый анонимный аноним анонимно неизвестен неизвестно неизвестный неопределен неопределён недоступен скрита нет приватный закрытый прихований "+
		"невідомий анонімний "+
		"非通知 非通知設定 非表示 表示圏外 公衆電話 通知不可能 通知不可 匿名 未知 私人 隐藏 隱藏 隐私 未显示 无 無 발신자표시제한 번호표시제한 알수없음 없음 익명 חסוי חסום פרטי רקם خاص مجهول مجهولالهوية محجوب غيرمعروف "+
		"अज्ञात गुप्त ไม่ทราบ"),
	pairs(negations, filler), pairs(negations, negated),
)

// negations list the words that mean a withheld number beside another word alone, as in
// "sin número" and "not available".
var negations = strings.Fields("no not non none nicht kein keine keinen ohne sin sem sans não nao pas niet geen utan uden uten senza nessun nessuna bez brak без не немає")

// negated lists the states of a number that is known.
var negated = wordSet("available avail provided disclosed supplied given known set specified identified found shown displayed published listed assigned allocated allowed " +
	"recognized recognised registered screened verfügbar vorhanden bekannt übermittelt angegeben angezeigt disponible disponibile disponível disponivel identificado identificada " +
	"conocido connu identifié affiché conhecido informado beschikbaar bekend определен определён известен доступен указан")

// filler lists the words that may stand beside the others, as in "Private Number",
// "Restricted_Caller" and "No Caller ID".
var filler = wordSet("caller callers number numbers name id cid cli clip call calling line identity presentation party user subscriber by the their number's caller's info information " +
	"screened passed failed screen numéro numero appel appelant identité número llamada identificador chamada chamador identificación identificação datos dados nummer nr rufnummer " +
	"anrufer anruf teilnehmer angabe telefonnummer numer numeru číslo čísla čislo numara număr szám аон номер номера номеру абонент абонента телефон телефона звонок 号码 號碼 电话 電話 番号 번호 מספר رقم संख्या नंबर")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}

// pairs returns each of the first words together with each of the second.
func pairs(first []string, second map[string]bool) map[string]bool {
	all := make(map[string]bool, len(first)*len(second))
	for _, before := range first {
		for after := range second {
			all[before+after] = true
		}
	}
	return all
}

func joined(sets ...map[string]bool) map[string]bool {
	all := map[string]bool{}
	for _, set := range sets {
		for word := range set {
			all[word] = true
		}
	}
	return all
}
