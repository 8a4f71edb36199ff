package forms_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/forms"
)

func TestCaseF01_ContactFieldsOfACardAreNoSecrets(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"cardPhone", "card_phone", "contact-card-phone", "secretary_phone", "phone"} {
		require.Equal(t, number, forms.Read([]forms.Field{{Name: name, Type: "tel", Value: number}}, nil).Phone, name)
	}
	require.Equal(t, address, forms.Read([]forms.Field{text("contact-card-email", address)}, nil).Email)
	for _, f := range []forms.Field{text("cardPhone", "4111 1111 1111 1111"), text("card_holder", "A"), text("secret", "x"), text("phone_pin", "1234"), {Name: "card", Type: "tel", Value: "123"}} {
		require.True(t, forms.Sensitive(f), f.Name)
	}
}

func TestCaseF04_PlaceholdersAreLabels(t *testing.T) {
	t.Parallel()
	got := forms.Read([]forms.Field{
		{Name: "fields[123_1][456]", Type: "text", Label: "Phone number", Value: number}, {Name: "field_3", Type: "text", Label: "E-mail", Value: address},
	}, nil)
	require.Equal(t, forms.Submission{Phone: number, Email: address}, got)
}

func TestCaseF09_PartsOfANameInFormBuilders(t *testing.T) {
	t.Parallel()
	for name, fields := range map[string][]forms.Field{
		"Gravity": {{Name: "input_1.3", Type: "text", Label: "First", Value: "Ann"}, {Name: "input_1.6", Type: "text", Label: "Last", Value: "Example"}},
		"WPForms": {text("wpforms[fields][0][first]", "Ann"), text("wpforms[fields][0][last]", "Example")},
		"plain":   {text("first", "Ann"), text("last", "Example")},
	} {
		require.Equal(t, forms.Submission{Name: "Ann Example"}, forms.Read(fields, nil), name)
	}
	require.Empty(t, forms.Read([]forms.Field{text("last_visit", "May"), text("first_time", "yes")}, nil).Name)
}

func TestCaseF11_NumberedNames(t *testing.T) {
	t.Parallel()
	got := forms.Read([]forms.Field{text("phone1", number), text("email1", address), text("name1", "A B"), text("phone2", "+1 202-555-0124")}, nil)
	require.Equal(t, forms.Submission{Phone: number, Email: address, Name: "A B", Fields: map[string]string{"phone2": "+1 202-555-0124"}}, got)
	require.Equal(t, number, forms.Read([]forms.Field{text("Telefon2", number)}, nil).Phone)
}

func TestCaseF12_InvisibleMarksAroundANumber(t *testing.T) {
	t.Parallel()
	for _, given := range []string{"\u202a" + number + "\u202c", "\u2068" + number + "\u2069", "\ufeff" + number, "\u200b " + number + "\u200e"} {
		require.Equal(t, number, forms.Read([]forms.Field{text("phone", given)}, nil).Phone, "%q", given)
	}
}

func TestCaseF04_LabelsInOtherLanguagesAndExamples(t *testing.T) {
	t.Parallel()
	for want, labels := range map[string][]string{
		"phone": {
			"WhatsApp (com DDD)", "Zap", "Número de contato", "Celular", "Rückrufnummer", "Mobilfunknummer", "Tel.-Nr.", "Festnetz", "Numer telefonu", "Cep telefonu",
			"Номер телефону", "Контактный номер", "Моб. телефон", "Contact number", "Best number to reach you", "Call me at", "お電話番号", "联系电话",
			"+7 (___) ___-__-__", "(555) 555-5555", "+1 202 555 0100", "Phone number or e-mail", "Телефон или email", "",
		},
		"email": {"name@example.com", "メールアドレス", "邮箱地址", "Mailadresse", "E-postadress", "Эл. почта", "Seu melhor e-mail", "Phone / E-mail", "Kontakt", ""},
		"name":  {"Как к вам обращаться?", "Ansprechpartner", "Contact person", "Nome completo", "お名前"},
	} {
		values := map[string]string{"phone": number, "email": address, "name": "Ann Example"}
		for _, label := range labels {
			got := forms.Read([]forms.Field{{Name: "f1", Type: "text", Label: label, Value: values[want]}}, nil)
			require.Equal(t, values[want], map[string]string{"phone": got.Phone, "email": got.Email, "name": got.Name}[want], label)
		}
	}
	noted := forms.Read([]forms.Field{{Name: "f1", Type: "text", Label: "WhatsApp (com DDD)", Value: number + " (home)"}}, nil)
	require.Equal(t, number+" (home)", noted.Phone)
	got := forms.Read([]forms.Field{text("f1", address), text("email", "own@example.com")}, nil)
	require.Equal(t, "own@example.com", got.Email, "a field that says what it is counts first")
	for _, f := range []forms.Field{text("order", "1234567"), text("budget", "10000000"), {Name: "f1", Type: "textarea", Value: address}, {Name: "f1", Type: "hidden", Value: address}} {
		require.Equal(t, forms.Submission{Fields: map[string]string{f.Name: f.Value}}, forms.Read([]forms.Field{f}, nil), f.Name)
	}
}

func TestCaseF01_SensitiveByWhatItIs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"business-card-name", "boarding_card", "loyalty_card", "sim_card", "postcard_message", "cardiology_question", "discard_reason", "session_type", "preferred session date",
		"pinterest", "opinion", "passenger_name", "resenha", "taxi", "compass", "keyword", "hashtag", "tangent", "secretary", "card_phones_note",
	} {
		require.Equal(t, name == "card_phones_note", forms.Sensitive(text(name, "yoga")), name)
	}
	for _, name := range []string{
		"card_number", "card_holder", "gift_card", "cartao_numero", "номер_карты", "session", "session_id", "ИНН", "СНИЛС", "Паспорт", "cpf", "Steuernummer", "steuer-id", "nif",
		"dni", "senha", "Kennwort", "wachtwoord", "kontonummer", "passportNumber", "sozialversicherungsnummer",
	} {
		require.True(t, forms.Sensitive(text(name, "12345")), name)
	}
}
