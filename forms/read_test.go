package forms_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/forms"
)

const (
	number  = "+1 202-555-0123"
	address = "visitor@example.com"
)

// text returns a text field.
func text(name, value string) forms.Field { return forms.Field{Name: name, Type: "text", Value: value} }

func TestD4_WhatAFieldMeans(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		field forms.Field
		want  forms.Submission
	}{
		"autocomplete tel":                       {forms.Field{Name: "f1", Autocomplete: "tel", Value: number}, forms.Submission{Phone: number}},
		"autocomplete with a section":            {forms.Field{Name: "f1", Autocomplete: "section-a shipping Work TEL", Value: number}, forms.Submission{Phone: number}},
		"autocomplete with webauthn":             {forms.Field{Name: "f1", Autocomplete: "email webauthn", Value: address}, forms.Submission{Email: address}},
		"autocomplete before type":               {forms.Field{Name: "f1", Type: "tel", Autocomplete: "name", Value: "A B"}, forms.Submission{Name: "A B"}},
		"autocomplete off":                       {forms.Field{Name: "phone", Autocomplete: "off", Value: number}, forms.Submission{Phone: number}},
		"type tel":                               {forms.Field{Name: "f1", Type: "tel", Value: number}, forms.Submission{Phone: number}},
		"type email":                             {forms.Field{Name: "f1", Type: "Email", Value: address}, forms.Submission{Email: address}},
		"a type before the name":                 {forms.Field{Name: "phone", Type: "email", Value: address}, forms.Submission{Email: address}},
		"phone":                                  {text("phone", number), forms.Submission{Phone: number}},
		"your-phone":                             {text("your-phone", number), forms.Submission{Phone: number}},
		"tel-427":                                {text("tel-427", number), forms.Submission{Phone: number}},
		"contact[mobilePhone]":                   {text("contact[mobilePhone]", number), forms.Submission{Phone: number}},
		"Telefonnummer":                          {text("Telefonnummer", number), forms.Submission{Phone: number}},
		"téléphone":                              {text("téléphone", number), forms.Submission{Phone: number}},
		"телефон":                                {text("Телефон", number), forms.Submission{Phone: number}},
		"電話番号":                                   {text("電話番号", number), forms.Submission{Phone: number}},
		"e-mail":                                 {text("e-mail", address), forms.Submission{Email: address}},
		"emailAddress":                           {text("emailAddress", address), forms.Submission{Email: address}},
		"почта":                                  {text("почта", address), forms.Submission{Email: address}},
		"name":                                   {text("name", "A B"), forms.Submission{Name: "A B"}},
		"fullname":                               {text("fullname", "A B"), forms.Submission{Name: "A B"}},
		"ваше имя":                               {text("ваше имя", "А Б"), forms.Submission{Name: "А Б"}},
		"form_fields[name]":                      {text("form_fields[name]", "A B"), forms.Submission{Name: "A B"}},
		"the label, if the name has no meaning":  {forms.Field{Name: "field_3", Type: "text", Label: "Your phone *", Value: number}, forms.Submission{Phone: number}},
		"a label of two things":                  {forms.Field{Name: "field_3", Type: "text", Label: "Name and phone", Value: "A, " + number}, forms.Submission{Fields: map[string]string{"field_3": "A, " + number}}},
		"a field without a name, by its label":   {forms.Field{Type: "text", Label: "Colour", Value: "red"}, forms.Submission{Fields: map[string]string{"Colour": "red"}}},
		"a field without name and label":         {text("", "red"), forms.Submission{}},
		"company name is not the visitor's":      {text("company_name", "A"), forms.Submission{Fields: map[string]string{"company_name": "A"}}},
		"phone model is no number":               {text("phone_model", "X 15"), forms.Submission{Fields: map[string]string{"phone_model": "X 15"}}},
		"e-mail wanted is no address":            {text("email", "yes"), forms.Submission{Fields: map[string]string{"email": "yes"}}},
		"an idea for mobile apps is no number":   {text("mobile_app_idea", "12345 apps"), forms.Submission{Fields: map[string]string{"mobile_app_idea": "12345 apps"}}},
		"words beside a number are kept":         {text("phone", number+" after 5"), forms.Submission{Phone: number, Fields: map[string]string{"phone": number + " after 5"}}},
		"a row of digits is no number":           {text("phone", strings.Repeat("1", 26)), forms.Submission{Fields: map[string]string{"phone": strings.Repeat("1", 26)}}},
		"a number with its extension":            {text("phone", number+" ext. 12"), forms.Submission{Phone: number + " ext. 12"}},
		"a number with the word for it":          {text("phone", "Tel.: (202) 555/01–23"), forms.Submission{Phone: "Tel.: (202) 555/01–23"}},
		"a number in other digits":               {text("phone", "+١ ٢٠٢ ٥٥٥ ٠١٢٣"), forms.Submission{Phone: "+١ ٢٠٢ ٥٥٥ ٠١٢٣"}},
		"an e-mail address in other letters":     {text("email", "почта@пример.рф"), forms.Submission{Email: "почта@пример.рф"}},
		"an @ alone is no address":               {text("email", "me @ work"), forms.Submission{Fields: map[string]string{"email": "me @ work"}}},
		"a handle is no address":                 {text("email", "@visitor"), forms.Submission{Fields: map[string]string{"email": "@visitor"}}},
		"a company's number, where there is one": {text("company_phone", number), forms.Submission{Phone: number}},
		"a checkbox is neither":                  {forms.Field{Name: "phone", Type: "checkbox", Value: "12345"}, forms.Submission{Fields: map[string]string{"phone": "12345"}}},
		"headphones are no phone":                {text("headphones", "12345"), forms.Submission{Fields: map[string]string{"headphones": "12345"}}},
		"a message":                              {forms.Field{Name: "message", Type: "textarea", Value: "two\nlines"}, forms.Submission{Fields: map[string]string{"message": "two\nlines"}}},
		"an empty value":                         {text("phone", " "), forms.Submission{}},
		"control characters":                     {text("a\x00b", "c\x00d"), forms.Submission{Fields: map[string]string{"ab": "cd"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, forms.Read([]forms.Field{tc.field}, nil))
		})
	}
}

func TestD4_PartsAreJoined(t *testing.T) {
	t.Parallel()
	auto := func(autocomplete, value string) forms.Field {
		return forms.Field{Name: autocomplete, Autocomplete: autocomplete, Value: value}
	}
	for name, tc := range map[string]struct {
		fields []forms.Field
		want   forms.Submission
	}{
		"given and family name":      {[]forms.Field{auto("given-name", "A"), auto("family-name", "B")}, forms.Submission{Name: "A B"}},
		"in the other order":         {[]forms.Field{auto("family-name", "B"), auto("given-name", "A")}, forms.Submission{Name: "A B"}},
		"first_name and last_name":   {[]forms.Field{text("first_name", "A"), text("lastName", "B")}, forms.Submission{Name: "A B"}},
		"Vorname and Nachname":       {[]forms.Field{text("Vorname", "A"), text("Nachname", "B")}, forms.Submission{Name: "A B"}},
		"name and surname":           {[]forms.Field{text("name", "A"), text("surname", "B")}, forms.Submission{Name: "A B"}},
		"family name alone":          {[]forms.Field{auto("family-name", "B")}, forms.Submission{Name: "B"}},
		"country code and number":    {[]forms.Field{auto("tel-country-code", "+44"), auto("tel-national", "020 7946 0123")}, forms.Submission{Phone: "+44 020 7946 0123"}},
		"code and local number":      {[]forms.Field{auto("tel-area-code", "202"), auto("tel-local", "555-0123")}, forms.Submission{Phone: "202 555-0123"}},
		"country code and tel":       {[]forms.Field{auto("tel-country-code", "+1"), auto("tel", "202-555-0123")}, forms.Submission{Phone: "+1 202-555-0123"}},
		"tel with its country code":  {[]forms.Field{auto("tel-country-code", "+1"), auto("tel", number)}, forms.Submission{Phone: number}},
		"the first of two phones":    {[]forms.Field{text("phone", number), text("mobile", "+12025550124")}, forms.Submission{Phone: number, Fields: map[string]string{"mobile": "+12025550124"}}},
		"the first that holds one":   {[]forms.Field{text("phone", ""), text("mobile", number)}, forms.Submission{Phone: number}},
		"checkboxes of one name":     {[]forms.Field{{Name: "c[]", Type: "checkbox", Value: "a"}, {Name: "c[]", Type: "checkbox", Value: "b"}}, forms.Submission{Fields: map[string]string{"c[]": "a, b"}}},
		"a country as a word stays":  {[]forms.Field{auto("tel-country-code", "GB"), auto("tel", number)}, forms.Submission{Phone: number, Fields: map[string]string{"tel-country-code": "GB"}}},
		"nothing":                    {nil, forms.Submission{}},
		"phone, e-mail and the rest": {[]forms.Field{text("n", "1"), text("phone", number), text("email", address)}, forms.Submission{Phone: number, Email: address, Fields: map[string]string{"n": "1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, forms.Read(tc.fields, nil))
		})
	}
}

// Forms also ask for other people's details, which do not reach the visitor.
func TestD4_TheVisitorsOwnDetailsCountFirst(t *testing.T) {
	t.Parallel()
	const others, theirs = "+1 202-555-0199", "other@example.com"
	own := []forms.Field{text("phone", number), text("email", address), text("name", "A B")}
	for name, other := range map[string]forms.Field{
		"a friend's e-mail":          {Name: "friend_email", Type: "email", Value: theirs},
		"an e-mail by its label":     {Name: "f1", Type: "email", Label: "Your friend's e-mail", Value: theirs},
		"a fax":                      {Name: "fax", Type: "tel", Value: others},
		"a fax by autocomplete":      {Name: "f1", Autocomplete: "fax tel", Value: others},
		"a company's":                {Name: "companyPhone", Type: "tel", Value: others},
		"for an emergency":           text("emergency[phone]", others),
		"a recipient's":              text("recipient_phone", others),
		"another language":           text("Telefon der Firma", others),
		"a second one":               text("alternative_phone", others),
		"a friend's name":            text("friend_name", "C D"),
		"a part of one":              text("friend_surname", "D"),
		"a part of a phone":          {Name: "friend-code", Autocomplete: "tel-country-code", Value: "+44"},
		"a colleague's, as a phrase": text("phone of a colleague", others),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := forms.Submission{Phone: number, Email: address, Name: "A B", Fields: map[string]string{other.Name: other.Value}}
			require.Equal(t, want, forms.Read(append([]forms.Field{other}, own...), nil))
			require.Equal(t, want, forms.Read(append(own[:3:3], other), nil))
			alone := forms.Read([]forms.Field{other}, nil)
			require.Equal(t, other.Value, alone.Phone+alone.Email+alone.Name, "it is better than nothing")
		})
	}
	mapped := forms.Read([]forms.Field{text("company_phone", others), text("phone", number)}, map[string]string{"company_phone": "phone"})
	require.Equal(t, others, mapped.Phone, "the site knows best")
}

func TestD4_TheSitesMappingDecidesFirst(t *testing.T) {
	t.Parallel()
	mapping := map[string]string{"F1": "phone", "f2": "Email", " f3 ": "name", "f4": "never", "f5": "colour", "phone": "fax", "session": "lesson", "pass": "phone", "card": "membership"}
	got := forms.Read([]forms.Field{
		text("f1", "call me"), text("F2", "at home"), text("f3", "A"), text("f4", "x"), text("f5", "red"), text("f5", "blue"),
		text("phone", number), text("session", "Tuesday"),
		{Name: "pass", Type: "password", Value: "12345"}, text("card", "4111 1111 1111 1111"),
	}, mapping)
	require.Equal(t, forms.Submission{
		Phone: "call me", Email: "at home", Name: "A",
		Fields: map[string]string{"colour": "red, blue", "fax": number, "lesson": "Tuesday"},
	}, got, "but no mapping lets passwords and card numbers in")
}

func TestD4_SecretsAreNeverStored(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		field     forms.Field
		sensitive bool
	}{
		"a password":                         {forms.Field{Name: "a", Type: "Password", Value: "x"}, true},
		"a password, shown":                  {text("password", "x"), true},
		"a new password":                     {forms.Field{Name: "a", Autocomplete: "section-a new-password", Value: "x"}, true},
		"a one-time code":                    {forms.Field{Name: "a", Autocomplete: "one-time-code", Value: "x"}, true},
		"a card by autocomplete":             {forms.Field{Name: "a", Autocomplete: "billing cc-exp-month", Value: "x"}, true},
		"a card by name":                     {text("cardNumber", "x"), true},
		"its code":                           {text("cvv", "x"), true},
		"its code by another name":           {text("card_cvc", "x"), true},
		"a bank account":                     {text("IBAN", "x"), true},
		"a password by its label":            {forms.Field{Name: "f1", Label: "Password", Value: "x"}, true},
		"a card number anywhere":             {text("note", "4111111111111111"), true},
		"with spaces":                        {text("note", "4111 1111 1111 1111"), true},
		"with hyphens":                       {text("note", "4111-1111-1111-1111"), true},
		"with dots":                          {text("note", "4111.1111.1111.1111"), true},
		"with its date and code":             {text("message", "4111 1111 1111 1111 12 26 123"), true},
		"with its date before it":            {text("message", "12 26 4111 1111 1111 1111"), true},
		"with control characters in between": {text("note", "4111\x001111\x001111\x001111"), true},
		"of 13 digits":                       {text("note", "4222222222222"), true},
		"of 15 digits":                       {text("note", "378282246310005"), true},
		"of 19 digits":                       {text("note", "6304000000000000000"), true},
		"a card number in a field for phone": {forms.Field{Name: "phone", Type: "tel", Value: "4111 1111 1111 1111"}, true},
		"a token":                            {text("csrf_token", "x"), true},
		"a nonce":                            {text("_wpnonce", "x"), true},
		"a captcha":                          {text("g-recaptcha-response", "x"), true},
		"a session":                          {text("session_id", "x"), true},
		"12 digits":                          {text("note", "411111111117"), false},
		"16 digits of no card":               {text("note", "4111111111111112"), false},
		"20 digits":                          {text("note", "41111111111111110000"), false},
		"a phone number with +":              {text("note", "+4111111111111111"), false},
		"a phone number with 00":             {text("note", "00000000000000"), false},
		"13 digits in a field for phone":     {text("phone", "4222222222222"), false},
		"a phone number":                     {text("phone", number), false},
		"an e-mail address":                  {text("email", address), false},
		"a passenger":                        {text("passengers", "2"), false},
		"cardboard":                          {text("cardboard", "2"), false},
		"nothing":                            {forms.Field{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.sensitive, forms.Sensitive(tc.field))
			got := forms.Read([]forms.Field{tc.field}, nil)
			require.Equal(t, tc.sensitive || tc.field.Value == "", got.Phone+got.Email+got.Name == "" && len(got.Fields) == 0)
		})
	}
}

// The text is stored, because every tenth long number looks like a card number.
func TestD4_CardNumberWithinATextIsMasked(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ kind, value, want string }{
		"with hyphens":               {"text", "take 4111-1111-1111-1111, please", "take ****, please"},
		"with spaces and dots":       {"", "4111 1111.1111-1111: mine", "****: mine"},
		"an IMEI":                    {"textarea", "My phone 490154203237518 is broken.\nCall me", "My phone **** is broken.\nCall me"},
		"nothing else in a textarea": {"textarea", "4111111111111111", "****"},
		"two, and a date":            {"textarea", "4111 1111 1111 1111 12/26 or 378282246310005", "****/26 or ****"},
		"a date in the same row":     {"textarea", "card 4111 1111 1111 1111 12 26 now", "card **** now"},
		"no card":                    {"textarea", "order 4111111111111112, 20 of them", "order 4111111111111112, 20 of them"},
		"12 digits":                  {"textarea", "order 411111111117", "order 411111111117"},
		"20 digits":                  {"textarea", "order 41111111111111110000", "order 41111111111111110000"},
		"a phone number with +":      {"textarea", "call +4111111111111111", "call +4111111111111111"},
		"a phone number with 00":     {"textarea", "call 00000000000000", "call 00000000000000"},
		"two phone numbers":          {"textarea", "+1 202-555-0123, 202-555-0124", "+1 202-555-0123, 202-555-0124"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			field := forms.Field{Name: "message", Type: tc.kind, Value: tc.value}
			require.False(t, forms.Sensitive(field))
			require.Equal(t, map[string]string{"message": tc.want}, forms.Read([]forms.Field{field}, nil).Fields)
			long := field
			long.Value = strings.Repeat("я", forms.MaxValue-len("4111111111111")) + " 4111111111111111"
			require.NotContains(t, forms.Read([]forms.Field{long}, nil).Fields["message"], "4111", "before it is cut")
		})
	}
}

func TestD4_FormsAreLimited(t *testing.T) {
	t.Parallel()
	var fields []forms.Field
	for i := range 150 {
		fields = append(fields, text(fmt.Sprint("f", i), "x"))
	}
	got := forms.Read(fields, nil)
	require.Len(t, got.Fields, forms.MaxFields)
	require.Contains(t, got.Fields, "f99", "the first ones are kept")

	long := strings.Repeat("я", 5000)
	got = forms.Read([]forms.Field{text(long, long), text(long, long), text("name", long), text("surname", long)}, nil)
	require.Equal(t, map[string]string{long[:2*forms.MaxName]: long[:2*forms.MaxValue]}, got.Fields)
	require.Equal(t, long[:2*forms.MaxValue], got.Name)

	hidden := text(strings.Repeat("x", forms.MaxName)+"_token", "x")
	require.Empty(t, forms.Read([]forms.Field{hidden}, nil).Fields, "what is cut off still counts")
}

// TestD4_NoSecretEverPasses mixes secrets into random forms.
func TestD4_NoSecretEverPasses(t *testing.T) {
	t.Parallel()
	const secret = "S3CR3T"
	secrets := rapid.SampledFrom([]forms.Field{
		{Name: "p", Type: "password", Value: secret}, {Name: "phone", Autocomplete: "cc-number", Value: secret},
		{Name: "token", Value: secret}, {Name: "note", Value: "4111 1111 1111 1111"}, {Name: "p", Value: "A 4111-1111.1111 1111, B"},
	})
	rapid.Check(t, func(t *rapid.T) {
		field := rapid.Custom(func(t *rapid.T) forms.Field {
			return forms.Field{
				Name:  rapid.SampledFrom([]string{"", "phone", "name", "p", "note", "x"}).Draw(t, "name"),
				Type:  rapid.SampledFrom([]string{"", "text", "tel", "email", "checkbox"}).Draw(t, "type"),
				Value: rapid.SampledFrom([]string{"", number, address, "A"}).Draw(t, "value"),
			}
		})
		fields := append(rapid.SliceOfN(field, 0, 5).Draw(t, "fields"), rapid.SliceOfN(secrets, 1, 3).Draw(t, "secrets")...)
		mapping := map[string]string{"p": rapid.SampledFrom([]string{"phone", "never", "kept"}).Draw(t, "mapped")}
		got := forms.Read(rapid.Permutation(fields).Draw(t, "order"), mapping)
		require.NotContains(t, fmt.Sprint(got), secret)
		require.NotContains(t, fmt.Sprint(got), "1111")
	})
}

// FuzzRead checks that Read handles every form, keeps the limits and drops secrets,
// whatever the script sends.
func FuzzRead(f *testing.F) {
	f.Add("phone", "tel", "tel", "Phone", number, "phone")
	f.Add("note", "text", "cc-number", "", "4111 1111 1111 1111", "")
	f.Add("a\xffb", "checkbox", "section-a email webauthn", "\x00", "visitor@example.com", "never")
	f.Add("0", "", "", "", "0", "\x000")
	f.Add("", "", "tel-national tel-country-code", "имя", "+ 00", "name")
	f.Fuzz(func(t *testing.T, name, kind, autocomplete, label, value, target string) {
		field := forms.Field{Name: name, Type: kind, Autocomplete: autocomplete, Label: label, Value: value}
		other := forms.Field{Name: value, Type: "text", Value: name}
		got := forms.Read([]forms.Field{field, other, field}, map[string]string{name: target})
		for _, text := range []string{got.Phone, got.Email, got.Name} {
			require.LessOrEqual(t, len([]rune(text)), forms.MaxValue)
		}
		require.LessOrEqual(t, len(got.Fields), 2)
		for name, value := range got.Fields {
			require.NotEmpty(t, name)
			require.NotEmpty(t, value)
			require.LessOrEqual(t, len([]rune(name)), forms.MaxName)
			require.LessOrEqual(t, len([]rune(value)), forms.MaxValue)
			require.NotContains(t, name+value, "\x00")
		}
		if forms.Sensitive(field) {
			alone := forms.Read([]forms.Field{field}, nil)
			require.Equal(t, forms.Submission{}, alone)
		}
	})
}
