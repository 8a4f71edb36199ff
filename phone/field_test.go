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
