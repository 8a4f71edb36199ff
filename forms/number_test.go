package forms_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/forms"
	"ringback/phone"
)

// typedAs returns a field of this type.
func typedAs(kind, name, value string) forms.Field {
	return forms.Field{Name: name, Type: kind, Value: value}
}

// callable requires the number of a form at a site of a country, in every order of its
// fields.
func callable(t *testing.T, region, want string, fields ...forms.Field) {
	t.Helper()
	for range fields {
		fields = append(fields[1:], fields[0])
		read := forms.Read(fields, nil)
		got, err := phone.Normalize(read.Phone, region)
		require.NoError(t, err, "%v: %q", fields, read.Phone)
		require.Equal(t, want, got.E164, "%v: %q", fields, read.Phone)
	}
}

func TestCaseF_CountryCodesInFieldsOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, code := range []forms.Field{
		typedAs("select-one", "country_code", "+44"), typedAs("hidden", "phone_code", "+44"), typedAs("hidden", "dialCode", "44"), typedAs("text", "countryCode", "0044"), typedAs("select-one", "phone[country_code]", "United Kingdom (+44)"),
		typedAs("tel", "calling_code", "+44"), typedAs("text", "ddi", "44"), typedAs("select-one", "phone_prefix", "+44"), typedAs("hidden", "PhoneNumber_countrycodeval", "+44"), {Name: "f1", Type: "select-one", Label: "Country code", Value: "GB +44"},
		{Name: "f1", Type: "text", Label: "Код страны", Value: "+44"}, {Name: "f1", Type: "text", Label: "Código do país", Value: "44"}, typedAs("select-one", "phone-country", "+44"),
		typedAs("select-one", "code", "+44"), typedAs("hidden", "intl_code", "+44"), typedAs("text", "prefix", "+44"), typedAs("select-one", "country", "GBR"),
		typedAs("select-one", "country", "GB"), typedAs("hidden", "country", "gb"), typedAs("select-one", "country_code", "GB"), typedAs("hidden", "phone-iso", "gb"), typedAs("select-one", "billing_country", "UK"), {Name: "f1", Autocomplete: "tel-country-code", Value: "GB"},
	} {
		for _, typed := range []string{"7911 123456", "07911 123456", "(0)7911 123456", "+44 7911 123456", "44 7911 123456"} {
			callable(t, "US", "+447911123456", code, typedAs("tel", "phone", typed))
		}
	}
	for country, row := range map[string][2]string{"RU": {"8 (495) 555-01-23", "+74955550123"}, "BR": {"11 98765-4321", "+5511987654321"}, "US": {"202-555-0123", "+12025550123"}, "IT": {"06 6982 1234", "+390669821234"}, "DE": {"0170 1234567", "+491701234567"}} {
		callable(t, "GB", row[1], typedAs("select-one", "country", country), typedAs("tel", "phone", row[0]))
	}
	read := forms.Read([]forms.Field{typedAs("select-one", "country_code", "+44"), typedAs("tel", "phone", "7911 123456")}, nil)
	require.Equal(t, forms.Submission{Phone: "+44 7911 123456"}, read)
	read = forms.Read([]forms.Field{typedAs("select-one", "country", "GB"), typedAs("tel", "phone", "7911 123456")}, nil)
	require.Equal(t, forms.Submission{Phone: "+44 7911 123456", Fields: map[string]string{"country": "GB"}}, read, "it is the country of an address, too")
}

func TestCaseF_CountriesThatAreNotTheNumbers(t *testing.T) {
	t.Parallel()
	callable(t, "GB", "+447911123456", typedAs("select-one", "country", "US"), typedAs("tel", "phone", "07911 123456"))
	callable(t, "GB", "+447911123456", typedAs("hidden", "country_code", "+1"), typedAs("tel", "phone", "07911 123456"))
	callable(t, "US", "+12025550123", typedAs("select-one", "country", "DE"), typedAs("tel", "phone", "+1 202-555-0123"))
	callable(t, "US", "+12025550123", typedAs("select-one", "country", "England"), typedAs("tel", "phone", "202-555-0123"))
	callable(t, "US", "+12025550123", typedAs("hidden", "country", "44"), typedAs("hidden", "country_id", "7"), typedAs("tel", "phone", "202-555-0123"))
	read := forms.Read([]forms.Field{typedAs("hidden", "country_code", "+1"), typedAs("tel", "phone", "07911 123456"), typedAs("text", "zip_code", "44"), typedAs("text", "promo_code", "7")}, nil)
	require.Equal(t, map[string]string{"country_code": "+1", "zip_code": "44", "promo_code": "7"}, read.Fields, "what is not used is kept")
	require.Empty(t, forms.Read([]forms.Field{typedAs("select-one", "country_code", "+44")}, nil).Phone)
	callable(t, "US", "+12025550123", typedAs("text", "PhoneNumber_countrycode", "202-555-0123"), typedAs("hidden", "PhoneNumber_countrycodeval", "+1"))
}

func TestCaseF_AreaCodesInFieldsOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, area := range []forms.Field{
		typedAs("text", "area_code", "202"), typedAs("tel", "q3_phoneNumber[area]", "202"), typedAs("text", "areaCode", "(202)"), {Name: "f1", Type: "text", Label: "Area code", Value: "202"}, typedAs("tel", "phone_area", "202"),
	} {
		callable(t, "US", "+12025550123", area, typedAs("tel", "q3_phoneNumber[phone]", "555-0123"))
		callable(t, "US", "+12025550123", area, typedAs("tel", "phone", "202-555-0123"))
		callable(t, "GB", "+12025550123", area, typedAs("tel", "phone", "555-0123"), typedAs("select-one", "country_code", "+1"))
	}
	for _, name := range []string{"ddd", "DDD", "codigo_area", "código de área"} {
		callable(t, "BR", "+5511987654321", typedAs("text", name, "11"), typedAs("text", "telefone", "98765-4321"))
		callable(t, "BR", "+551133334444", typedAs("text", name, "11"), typedAs("tel", "celular", "3333-4444"))
		callable(t, "BR", "+5511987654321", typedAs("text", name, "11"), typedAs("tel", "celular", "(11) 98765-4321"))
	}
	callable(t, "BR", "+5598987654321", typedAs("text", "ddd", "98"), typedAs("text", "telefone", "98765-4321"))
	callable(t, "DE", "+4930123456", typedAs("text", "vorwahl", "030"), typedAs("text", "telefon", "123456"))
	callable(t, "DE", "+4930123456", typedAs("text", "vorwahl", "030"), typedAs("text", "telefon", "030 123456"))
	callable(t, "RU", "+74955550123", forms.Field{Name: "f1", Type: "text", Label: "Код города", Value: "495"}, typedAs("text", "telefon", "555-01-23"))
	read := forms.Read([]forms.Field{typedAs("text", "area", "120"), typedAs("tel", "phone", "555-0123")}, nil)
	require.Equal(t, forms.Submission{Phone: "555-0123", Fields: map[string]string{"area": "120"}}, read, "square metres")
}

func TestCaseF_NumbersInPieces(t *testing.T) {
	t.Parallel()
	for _, names := range [][3]string{{"Field5", "Field5-1", "Field5-2"}, {"phone1", "phone2", "phone3"}, {"phone[0]", "phone[1]", "phone[2]"}, {"phone[area]", "phone[prefix]", "phone[line]"}, {"phone_a", "phone_b", "phone_c"}} {
		read := forms.Read([]forms.Field{typedAs("tel", names[0], "202"), typedAs("tel", names[1], "555"), typedAs("tel", names[2], "0123")}, nil)
		require.Equal(t, forms.Submission{Phone: "202 555 0123"}, read, names)
	}
	for _, end := range []string{"phone_ext", "ramal", "extension"} {
		read := forms.Read([]forms.Field{typedAs("tel", "phone", "202-555-0123"), typedAs("tel", end, "1234")}, nil)
		require.Equal(t, forms.Submission{Phone: "202-555-0123", Fields: map[string]string{end: "1234"}}, read)
	}
	read := forms.Read([]forms.Field{typedAs("tel", "phone[area]", "202"), typedAs("tel", "phone[prefix]", "420"), typedAs("tel", "phone[line]", "0123")}, nil)
	require.Equal(t, forms.Submission{Phone: "202 420 0123"}, read, "420 is a calling code, too")
	for _, names := range [][2]string{{"zip", "quantity"}, {"Field3", "Field4"}, {"birth_year", "birth_day"}} {
		read := forms.Read([]forms.Field{typedAs("tel", names[0], "2000"), typedAs("tel", names[1], "100")}, nil)
		require.Equal(t, forms.Submission{Fields: map[string]string{names[0]: "2000", names[1]: "100"}}, read)
	}
	read = forms.Read([]forms.Field{typedAs("tel", "phone", "202"), typedAs("tel", "tel2", "12")}, nil)
	require.Equal(t, forms.Submission{Fields: map[string]string{"phone": "202", "tel2": "12"}}, read, "too few digits")
}

func TestCaseF_TheWholeNumberCountsBeforeTheTypedPart(t *testing.T) {
	t.Parallel()
	const whole = "+447911123456"
	for _, name := range []string{"full_phone", "phone_full", "phone_e164", "fullPhone", "full_number", "intl_phone", "international_number", "phone[full]", "e164", "Phone"} {
		for _, typed := range []string{"7911 123456", "07911 123456", "07911123456"} {
			for _, fields := range [][]forms.Field{
				{typedAs("tel", "phone", typed), typedAs("hidden", name, whole)}, {typedAs("hidden", name, whole), typedAs("tel", "phone", typed)},
			} {
				read := forms.Read(fields, nil)
				require.Equal(t, whole, read.Phone, "%s, %s", name, typed)
				require.Equal(t, map[string]string{"phone": typed}, read.Fields, "%s, %s", name, typed)
			}
		}
	}
	for _, given := range []string{"447911123456", "00447911123456", "+44 7911 123456"} {
		callable(t, "US", whole, typedAs("tel", "phone", "7911 123456"), typedAs("hidden", "phone_international", given))
	}
	read := forms.Read([]forms.Field{typedAs("tel", "tildaspec-phone-part[]", "(495) 555-01-23"), typedAs("hidden", "tildaspec-phone-part[]-iso", "ru"), typedAs("hidden", "Phone", "+7 (495) 555-01-23")}, nil)
	require.Equal(t, "+7 (495) 555-01-23", read.Phone)
	read = forms.Read([]forms.Field{typedAs("tel", "phone", "07911 123456"), typedAs("hidden", "phone_full", "+12025550123")}, nil)
	require.Equal(t, "07911 123456", read.Phone, "the number of somebody else")
	read = forms.Read([]forms.Field{typedAs("tel", "phone", "07911 123456"), typedAs("hidden", "phone_full", "+44")}, nil)
	require.Equal(t, "+44 07911 123456", read.Phone, "a calling code alone")
}

func TestCaseF_WordsAroundContacts(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{
		"Ann <ann@example.com>", "ann@example.com,", "ann@example.com.", "ann@example.com;", "mailto:ann@example.com", "MAILTO:ann@example.com", "<ann@example.com>", `"ann@example.com"`, "(ann@example.com)",
		"my mail: ann@example.com", "ann@example.com, bob@example.com", "ann@example.com!", "ann@example.com (work)", " ann@example.com ", "E-mail: ann@example.com",
	} {
		require.Equal(t, "ann@example.com", forms.Read([]forms.Field{text("email", typed)}, nil).Email, typed)
		require.Equal(t, "ann@example.com", forms.Read([]forms.Field{typedAs("email", "f1", typed)}, nil).Email, typed)
	}
	for _, typed := range []string{"202-555-0123 after 5pm", "call me: 202-555-0123", "202-555-0123, Ann", "Ann 202-555-0123", "202-555-0123 (after 5 pm)", "tel 202-555-0123 or mail me", "202-555-0123 WhatsApp only"} {
		for _, kind := range []string{"tel", "text"} {
			callable(t, "US", "+12025550123", typedAs(kind, "phone", typed))
		}
	}
	callable(t, "RU", "+74955550123", text("phone", "8 (495) 555-01-23, после 18"))
	require.Equal(t, forms.Submission{Phone: "202-555-0123", Fields: map[string]string{"phone": "call me: 202-555-0123"}}, forms.Read([]forms.Field{text("phone", "call me: 202-555-0123")}, nil))
	either := forms.Field{Name: "contact", Type: "text", Label: "Phone or e-mail", Value: "Ann <ann@example.com>"}
	require.Equal(t, "ann@example.com", forms.Read([]forms.Field{either}, nil).Email)
	either.Value = "call 202-555-0123"
	require.Equal(t, "202-555-0123", forms.Read([]forms.Field{either}, nil).Phone)
	for _, none := range []forms.Field{
		text("phone", "after 5pm"), text("phone", "https://example.com/2025550123"), text("phone", "a=2025550123"), text("order", "number 2025550123"), {Name: "message", Type: "textarea", Value: "call 202-555-0123"}, text("email", "ann at example.com"), text("email", "@example.com"),
	} {
		require.Equal(t, forms.Submission{Fields: map[string]string{none.Name: none.Value}}, forms.Read([]forms.Field{none}, nil), none.Value)
	}
}
