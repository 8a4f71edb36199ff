package phone_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/phone"
)

func TestCaseF12_InvisibleCharactersInANumber(t *testing.T) {
	t.Parallel()
	for _, given := range []string{"\u202a+1 202 555 0123\u202c", "+1\u200b202\u00ad555\u20600123", "\u200e(202) 555-0123\u200f", "\ufeff2025550123"} {
		got, err := phone.Normalize(given, "US")
		require.NoError(t, err, "%q", given)
		require.Equal(t, "+12025550123", got.E164)
	}
}

func TestCaseN07_TheNationalFormatIsANumberThatExists(t *testing.T) {
	t.Parallel()
	for e164, national := range map[string]string{
		"+5491123456789": "011 15-2345-6789", "+541141234567": "011 4123-4567", "+5493512345678": "0351 15-234-5678",
		"+525512345678": "55 1234 5678", "+5511987654321": "(11) 98765-4321",
	} {
		got, err := phone.Formats(e164)
		require.NoError(t, err)
		require.Equal(t, national, got.National, e164)
		again, err := phone.Normalize(got.National, map[string]string{"54": "AR", "52": "MX", "55": "BR"}[e164[1:3]])
		require.NoError(t, err)
		require.Equal(t, e164, again.E164, got.National)
	}
}

func TestCaseN04_NumbersWithoutTheTrunkPrefix(t *testing.T) {
	t.Parallel()
	for e164, bare := range map[string]string{
		"+919876543210": "9876543210", "+905321234567": "5321234567", "+74955550123": "4955550123", "+442079460123": "",
		"+12025550123": "", "+33199000123": "", "+390669812345": "",
	} {
		got, err := phone.Formats(e164)
		require.NoError(t, err)
		require.Equal(t, bare, got.Bare, e164)
	}
}

func TestCaseF12_WrappersOfNumbers(t *testing.T) {
	t.Parallel()
	for region, wrapped := range map[string]map[string]string{
		"US": {
			"sip:+12025550123@carrier.example": "+12025550123", `"Ann" <sip:+12025550123@192.0.2.1:5060;user=phone>;tag=7`: "+12025550123",
			"Ann Example <2025550123>": "+12025550123", "sips:12025550123@host": "+12025550123", "12025550123@s.whatsapp.net": "+12025550123",
			"tel:2025550123;phone-context=+1": "+12025550123", "whatsapp:+12025550123": "+12025550123", "%2B12025550123": "+12025550123",
			"tel:+1%20202%20555%200123": "+12025550123", `"+12025550123"`: "+12025550123", "'2025550123": "+12025550123",
			"12025550123.0": "+12025550123", "1.2025550123E+10": "+12025550123", "202·555•0123": "+12025550123", "202_555_0123": "+12025550123",
			"+0012025550123": "+12025550123", "0044 20 7946 0123": "+442079460123", "442079460123": "+442079460123",
			"+1 202 555 0123 (home)": "+12025550123", "Mobile: (202) 555 0123 (Ann)": "+12025550123", "+1 202 555 0123 call me after work": "+12025550123",
			"202-555-0123 / 202-555-0124": "+12025550123", "202-555-0123 or 202-555-0124": "+12025550123", "2025550123w7": "+12025550123",
			"+1\t202\n555\u30000123": "+12025550123",
		},
		"MX": {"+52 1 55 1234 5678": "+525512345678", "044 55 1234 5678": "+525512345678"},
		"RU": {"+8 912 345-67-89": "+79123456789"}, "PL": {"+48 022 123 45 67": "+48221234567"},
		"BR": {"+55 (0xx11) 98765-4321": "+5511987654321"}, "JP": {"０３－１２３４－５６７８": "+81312345678"},
	} {
		for given, want := range wrapped {
			got, err := phone.Normalize(given, region)
			require.NoError(t, err, given)
			require.Equal(t, phone.Number{E164: want}, got, given)
		}
	}
	for _, given := range []string{"1.2E+10", "ann2025550123@example.com", "Toll Free Call", "-10", "10"} {
		_, err := phone.Normalize(given, "US")
		require.Error(t, err, given)
	}
}

func TestCaseC01_WithheldInTheWordsOfNetworksAndPhones(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		"N/A", "none", "null", "Hidden Number", "Not provided", "Not disclosed", "PrivateNumber", "nocallerid", "Unknown (Anonymous)", "Withheld/Unknown",
		"sip:anonymous@anonymous.invalid", `"Anonymous" <sip:anonymous@anonymous.invalid>`, "anonymous.invalid", "Anonymous;phone-context=x",
		"Restricted by user", "Caller's number not available", "Payphone", "ＡＮＯＮＹＭＯＵＳ", "CLIR", "Number suppressed",
		"Unbekannte Nummer", "Rufnummer unterdrückt", "Anonym", "Numéro masqué", "Appel inconnu", "Número oculto", "Desconocido", "Número privado",
		"Não identificado", "Numero sconosciuto", "Nieznany numer", "Skyddat nummer", "Gizli numara", "Номер не определён", "Неизвестный абонент", "Аноним",
		"非通知", "表示圏外", "公衆電話", "未知号码", "발신자표시제한", "מספר חסוי", "رقم خاص",
	} {
		got, err := phone.Normalize(given, "US")
		require.NoError(t, err, given)
		require.Equal(t, phone.Number{Anonymous: true}, got, given)
	}
	for _, given := range []string{"caller id", "Wireless Caller", "Spam Risk", "номер", "Ann Private", "sin", "sem", "sans", "ohne", "keine", "ohne Ann"} {
		_, err := phone.Normalize(given, "US")
		require.Error(t, err, given)
	}
}

func TestCaseC01_WithheldCallersAsSIPUsersAndInOtherLanguages(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		"private@192.0.2.1", "sip:hidden@host.example", "<sip:withheld@host.example>;tag=1", "sip:unknown:5060", "Nr. unterdrückt", "keine Nummer", "ohne Nummer",
		"sem número", "sin número", "sans numéro", "verborgen nummer", "chamada não identificada", "nil",
	} {
		got, err := phone.Normalize(given, "US")
		require.NoError(t, err, given)
		require.True(t, got.Anonymous, given)
	}
	for _, given := range []string{"12025550123:17@s.whatsapp.net", "sip:2025550123:sample@host.example"} {
		got, err := phone.Normalize(given, "US")
		require.NoError(t, err, given)
		require.Equal(t, "+12025550123", got.E164, given)
	}
}

func TestCaseC01_SignsZerosAndPrefixesInPlaceOfANumber(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		"-", "--", "...", "?", "0", "00", "+0", "000-000-0000", "xxx", "xxx-xxx-xxxx", "XXXXXXXXXX", "**********", `"" <>`, "-1", "-2", "P", "o",
		"*67", "*6712025550123", "*67 202-555-0123", "#31#2025550123", "*31*2025550123", "\u200e-\u200f", "٠", "－",
		"+266696687", "266 696 687", "00266696687", "sip:266696687@host.example",
	} {
		got, err := phone.Normalize(given, "US")
		require.NoError(t, err, "%q", given)
		require.Equal(t, phone.Number{Anonymous: true}, got, "%q", given)
	}
	for given, want := range map[string]string{"*82 202-555-0123": "+12025550123", "+10000000001": "+10000000001", "x2025550123": "+12025550123"} {
		got, err := phone.Normalize(given, "US")
		require.NoError(t, err, given)
		require.Equal(t, phone.Number{E164: want}, got, given)
	}
	for _, given := range []string{"202555XXXX", "+49 30 123 ****", "+49 30 123••", "XXX-XXX-0123", "(202) xxx-xxxx", "xx", "Q", "*", "*9"} {
		got, _ := phone.Normalize(given, "US")
		require.Empty(t, got.E164, given)
	}
	require.Equal(t, " 202-555-0123", phone.WithoutPrefix("*67 202-555-0123"))
}

func TestCaseC01_WithheldInTheWordsOfOtherProviders(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		"Unassigned", "unallocated", "Blocked", "Anonymous@anonymous.invalid", "unavailable", "Restricted", "Restricted@192.0.2.1", "UNAVAIL", "masked", "NaN", "false",
		"not known", "not_set", "undisclosed", "unspecified", "no cli", "prohib_not_screened", "Presentation prohibited", "Reject by user", "Interaction with other service",
		"kein Nummer", "keine Angabe", "Nummer nicht verfügbar", "Teilnehmer unbekannt", "k.A.", "нет номера", "без номера", "номер недоступен", "numéro indisponible",
		"no disponible", "não disponível", "s/n", "brak numeru", "non disponibile", "nessun numero", "geen nummer", "非表示", "隐私号码", "번호 없음", "익명", "ανώνυμος", "अज्ञात",
		`"Anonymous" <sip:c8oqz84zk7z@privacy.example>;tag=hyh8`, "Anonymous <1000>", "Non-published", "CID blocked",
	} {
		got, err := phone.Normalize(given, "US")
		require.NoError(t, err, given)
		require.Equal(t, phone.Number{Anonymous: true}, got, given)
	}
	got, err := phone.Normalize(`"Anonymous" <sip:+12025550123@host.example>`, "US")
	require.NoError(t, err)
	require.Equal(t, phone.Number{E164: "+12025550123"}, got, "a number that came is not withheld")
}

func TestCaseF12_AddressesOfNumbers(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		"sip:+12025550123:5060", "sip:+12025550123", "sips:+12025550123@host.example:5061", "sips:2025550123", "skype:+12025550123?call", "skype:2025550123?chat",
		"callto:+12025550123", "callto://2025550123", "callto:+12025550123+type=phone", "tel://+12025550123", "h323:2025550123@host.example", "202-555-0123:5060",
		"https://wa.me/12025550123", "https://api.whatsapp.com/send?phone=12025550123&text=hi5", "viber://chat?number=%2B12025550123", "sms:+12025550123?body=1",
		"facetime-audio://+12025550123", "sip:+1-202-555-0123;ext=3@host.example", "tel:%E0%A5%A8025550123",
	} {
		got, err := phone.Normalize(given, "US")
		require.NoError(t, err, given)
		require.Equal(t, phone.Number{E164: "+12025550123"}, got, given)
	}
}

func TestCaseN12_DigitsOfAllWritingSystems(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		"+१ २०२ ५५५ ०१२३", "२०२५५५०१२३", "(२०२) ५५५-०१२३", "+١٢٠٢٥٥٥٠١٢٣", "+۱۲۰۲۵۵۵۰۱۲۳", "＋１２０２５５５０１２３", "+১২০২৫৫৫০১২৩", "+௧௨௦௨௫௫௫௦௧௨௩",
		"+𝟏𝟐𝟎𝟐𝟓𝟓𝟓𝟎𝟏𝟐𝟑", "+𝟣𝟤𝟢𝟤𝟧𝟧𝟧𝟢𝟣𝟤𝟥", "+𞥑𞥒𞥐𞥒𞥕𞥕𞥕𞥐𞥑𞥒𞥓", "tel:२०२५५५०१२३", "sip:๒๐๒๕๕๕๐๑๒๓@host.example", "202५५५0123",
	} {
		got, err := phone.Normalize(given, "US")
		require.NoError(t, err, given)
		require.Equal(t, phone.Number{E164: "+12025550123"}, got, given)
	}
	require.Equal(t, "a 019 059", phone.PlainDigits("a ०१९ ٠٥𝟡"))
	_, err := phone.Normalize("²⁰²5550123", "US")
	require.Error(t, err, "raised digits refer to notes")
}
