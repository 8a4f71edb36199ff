package forms_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/forms"
)

func TestCaseF_FieldsOfTheTypeTelThatAreForOtherNumbers(t *testing.T) {
	t.Parallel()
	phone := typedAs("tel", "phone", "202-555-0123")
	for _, other := range []forms.Field{
		typedAs("tel", "zip", "20001"), typedAs("tel", "postal_code", "20001-1234"), typedAs("tel", "cep", "01310-100"), typedAs("tel", "cnpj", "12.345.678/0001-95"), typedAs("tel", "inn", "7707083893"), typedAs("tel", "dob", "01/02/1980"), typedAs("tel", "loan_amount", "250000"),
		{Name: "f2", Type: "tel", Label: "ZIP code", Value: "20001"}, {Name: "f2", Type: "tel", Label: "Datum", Value: "01.02.2026"}, {Name: "f2", Type: "tel", Label: "Order", Value: "2000012345"}, typedAs("tel", "phone_ext", "12345"), typedAs("text", "extension", "12345"),
	} {
		want := forms.Submission{Phone: phone.Value, Fields: map[string]string{other.Name: other.Value}}
		require.Equal(t, want, forms.Read([]forms.Field{phone, other}, nil), other)
		require.Equal(t, want, forms.Read([]forms.Field{other, phone}, nil), other)
	}
	for _, other := range []forms.Field{typedAs("tel", "zip", "20001"), typedAs("tel", "plz", "10115"), typedAs("tel", "amount", "250000")} {
		require.Empty(t, forms.Read([]forms.Field{other}, nil).Phone, other)
	}
	for _, own := range []forms.Field{typedAs("tel", "f1", "202-555-0123"), typedAs("tel", "custom[7][value]", "202-555-0123"), typedAs("tel", "data[Lead][3]", "202-555-0123"), typedAs("tel", "order[1]", "202-555-0123"), {Name: "zip", Type: "tel", Label: "Your phone", Value: "202-555-0123"}} {
		require.Equal(t, own.Value, forms.Read([]forms.Field{own, typedAs("text", "message", "x")}, nil).Phone, own)
	}
}

func TestCaseF_CountriesWhereTheVisitorDoesNotLive(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"nationality_country", "destination_country", "country_of_interest", "travel[country]", "country_of_birth"} {
		callable(t, "US", "+13125550123", typedAs("select-one", name, "MX"), typedAs("tel", "phone", "312-555-0123"))
	}
	callable(t, "RU", "+74955550123", forms.Field{Name: "f1", Type: "select-one", Label: "Страна назначения", Value: "Германия"}, typedAs("tel", "phone", "495 555-01-23"))
}

func TestCaseF_CountriesByName(t *testing.T) {
	t.Parallel()
	for country, row := range map[string][2]string{"United Kingdom": {"07911 123456", "+447911123456"}, "Brasil": {"(11) 98765-4321", "+5511987654321"}, "Россия": {"8 495 555-01-23", "+74955550123"}, "Germany": {"0170 1234567", "+491701234567"}, "España": {"612 345 678", "+34612345678"}} {
		callable(t, "US", row[1], typedAs("select-one", "country", country), typedAs("tel", "phone", row[0]))
		callable(t, "US", row[1], forms.Field{Name: "input_5.6", Type: "select-one", Label: "Country", Value: country}, typedAs("tel", "input_4", row[0]))
	}
}

func TestCaseF_MorePartsOfNumbers(t *testing.T) {
	t.Parallel()
	for _, code := range []forms.Field{typedAs("hidden", "phone_cc", "44"), typedAs("hidden", "cc", "+44"), typedAs("hidden", "phone_cc", "+44"), typedAs("hidden", "phone_dial", "44")} {
		callable(t, "US", "+447911123456", code, typedAs("tel", "phone", "7911 123456"))
	}
	require.Empty(t, forms.Read([]forms.Field{typedAs("text", "cc", "4111111111111111"), typedAs("text", "cc", "44")}, nil).Fields, "a card")
	for _, rest := range []string{"5550123", "555-0123"} {
		for _, names := range [][2]string{{"phone_1", "phone_2"}, {"phone1", "phone2"}, {"phone[0]", "phone[1]"}} {
			callable(t, "US", "+12025550123", typedAs("tel", names[0], "202"), typedAs("tel", names[1], rest))
		}
	}
	read := forms.Read([]forms.Field{typedAs("tel", "phone_1", "555-0123"), typedAs("tel", "phone_2", "202")}, nil)
	require.Equal(t, forms.Submission{Phone: "555-0123", Fields: map[string]string{"phone_2": "202"}}, read, "a piece after the number")
	read = forms.Read([]forms.Field{typedAs("tel", "phone_1", "202"), typedAs("tel", "phone_2", "202-555-0123")}, nil)
	require.Equal(t, forms.Submission{Phone: "202-555-0123", Fields: map[string]string{"phone_1": "202"}}, read, "a number with its area code")
}

func TestCaseF_TimesAndDatesBesideNumbers(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"202-555-0123 9am-5pm", "202-555-0123 9-17h", "after 01.02.2026 202-555-0123", "24/7 202-555-0123", "24/7, 202-555-0123", "202-555-0123 (24/7)", "202-555-0123 9:00-17:00", "10 am 202-555-0123", "202-555-0123 after 17:30", "202-555-0123 02/01/2026"} {
		callable(t, "US", "+12025550123", typedAs("tel", "phone", typed))
	}
	callable(t, "RU", "+74955550123", text("phone", "24/7 8-495-555-01-23"))
	callable(t, "RU", "+74955550123", text("phone", "8 495 555-01-23 с 9 до 18 часов"))
	for _, number := range []string{"01.02.03.04.05", "06/12/34/56/78", "030 12-34-2015", "24 7 123 45 67"} {
		require.Equal(t, forms.Submission{Phone: number}, forms.Read([]forms.Field{text("phone", number)}, nil), number)
	}
}

func TestCaseF_NamesOfCompanies(t *testing.T) {
	t.Parallel()
	company := forms.Field{Name: "0-2/name", Type: "text", Label: "Company name", Value: "Example Inc."}
	read := forms.Read([]forms.Field{company, typedAs("tel", "phone", "202-555-0123")}, nil)
	require.Equal(t, forms.Submission{Phone: "202-555-0123", Fields: map[string]string{"0-2/name": "Example Inc."}}, read)
}
