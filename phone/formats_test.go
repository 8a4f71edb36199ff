package phone_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/phone"
)

func TestFormatsFollowTheNumbersCountry(t *testing.T) {
	t.Parallel()
	for e164, want := range map[string]phone.Written{
		"+12025550123":  {Digits: "12025550123", Dialled: "2025550123", National: "(202) 555-0123", International: "+1 202-555-0123", Trunk: "+1 202-555-0123", TrunkNational: "(202) 555-0123"},
		"+442079460123": {Digits: "442079460123", Dialled: "02079460123", National: "020 7946 0123", International: "+44 20 7946 0123", TrunkDigits: "4402079460123", Trunk: "+44 (0)20 7946 0123", TrunkNational: "020 7946 0123"},
		"+493023125123": {Digits: "493023125123", Dialled: "03023125123", National: "030 23125123", International: "+49 30 23125123", TrunkDigits: "4903023125123", Trunk: "+49 (0)30 23125123", TrunkNational: "030 23125123"},
		"+390669812345": {Digits: "390669812345", Dialled: "0669812345", National: "06 6981 2345", International: "+39 06 6981 2345", Trunk: "+39 06 6981 2345", TrunkNational: "06 6981 2345"},
		"+551131234567": {Digits: "551131234567", Dialled: "1131234567", National: "(11) 3123-4567", International: "+55 11 3123-4567", TrunkDigits: "5501131234567", Trunk: "+55 (0)11 3123-4567", TrunkDialled: "01131234567", TrunkNational: "(011) 3123-4567"},
		"+33199000123":  {Digits: "33199000123", Dialled: "0199000123", National: "01 99 00 01 23", International: "+33 1 99 00 01 23", TrunkDigits: "330199000123", Trunk: "+33 (0)1 99 00 01 23", TrunkNational: "01 99 00 01 23"},
	} {
		got, err := phone.Formats(e164)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestFormatsErrorsDoNotQuoteTheNumber(t *testing.T) {
	t.Parallel()
	for _, given := range []string{"", "12025550123", "psychic", "+", "(202) 555-0123"} {
		_, err := phone.Formats(given)
		require.ErrorContains(t, err, "E.164")
		require.NotContains(t, err.Error(), "psychic")
	}
}
