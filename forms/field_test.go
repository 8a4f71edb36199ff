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
