package names_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/names"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"":                      nil,
		"--":                    nil,
		"phone":                 {"phone"},
		"your-phone":            {"your", "phone"},
		"billing[eMail]":        {"billing", "e", "mail"},
		"phoneNumber":           {"phone", "number"},
		"PHONE_NUMBER":          {"phone", "number"},
		"form_fields[name2]":    {"form", "fields", "name2"},
		"tel-427":               {"tel", "427"},
		"field7Name":            {"field7", "name"},
		"ТелефонКлиента":        {"телефон", "клиента"},
		"te\u0301le\u0301phone": {"téléphone"},
		"Straße":                {"strasse"},
	} {
		require.Equal(t, want, names.Words(name), name)
	}
}

func TestSecret(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"password":                   true,
		"user_pass":                  true,
		"newPasswd":                  true,
		"access_token":               true,
		"accesstoken":                true,
		"csrfmiddlewaretoken":        true,
		"__RequestVerificationToken": true,
		"_wpnonce":                   true,
		"g-recaptcha-response":       true,
		"cf-turnstile-response":      true,
		"PHPSESSID":                  true,
		"sid":                        true,
		"session[id]":                true,
		"api_key":                    true,
		"X-Amz-Signature":            true,
		"client-secret":              true,
		"otp":                        true,
		"pin":                        true,
		"cardPin":                    true,
		"shipping":                   false,
		"user_ssn":                   true,
		"business_name":              false,
		"billing[tax_id]":            true,
		"taxId":                      true,
		"taxi_driver":                false,
		"contrasena":                 true,
		"nuevaContraseña":            true,
		"Passwort":                   true,
		"kennwort2":                  true,
		"mot_de_passe":               true,
		"mdp":                        true,
		"nova-senha":                 true,
		"resenha":                    false,
		"parola":                     true,
		"hasło":                      true,
		"haslo":                      true,
		"Ваш пароль":                 true,
		"phone":                      false,
		"name":                       false,
		"passenger":                  false,
		"inside":                     false,
		"message":                    false,
		"":                           false,
	} {
		require.Equal(t, want, names.Secret(name), name)
	}
}
