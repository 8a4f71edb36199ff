package credit_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/internal/fault"
	"ringback/touchpoints/credit"
)

// someRates are rates to the dollar: the yen's by way of the euro.
func someRates(t require.TestingT) credit.Rates {
	rates, err := credit.NewRates("USD", []credit.Rate{
		{Currency: "JPY", Per: "EUR", Units: "160"}, {Currency: "EUR", Units: "0.8"}, {Currency: "KWD", Per: "USD", Units: "0.25"},
	})
	require.NoError(t, err)
	return rates
}

func TestConvert(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		from credit.Money
		to   string
		want int64
		ok   bool
	}{
		"to the corporate currency":   {credit.Money{Amount: 80_00, Currency: "EUR"}, "USD", 100_00, true},
		"from the corporate currency": {credit.Money{Amount: 100_00, Currency: "USD"}, "EUR", 80_00, true},
		"no minor units":              {credit.Money{Amount: 160, Currency: "JPY"}, "EUR", 1_00, true},
		"three digits":                {credit.Money{Amount: 4_00, Currency: "USD"}, "KWD", 1_000, true},
		"between two others":          {credit.Money{Amount: 250, Currency: "KWD"}, "JPY", 128, true},
		"the same":                    {credit.Money{Amount: 7, Currency: "CHF"}, "CHF", 7, true},
		"half away from zero":         {credit.Money{Amount: 2, Currency: "EUR"}, "USD", 3, true},
		"half away from zero, below":  {credit.Money{Amount: -2, Currency: "EUR"}, "USD", -3, true},
		"no rate":                     {credit.Money{Amount: 7, Currency: "CHF"}, "USD", 7, false},
		"no rate for the other":       {credit.Money{Amount: 7, Currency: "USD"}, "CHF", 7, false},
		"not known":                   {credit.Money{Amount: 7, Currency: "XXX"}, "XXX", 7, false},
	} {
		got, ok := someRates(t).Convert(tc.from, tc.to)
		require.Equal(t, tc.ok, ok, name)
		require.Equal(t, tc.want, got.Amount, name)
	}
}

func TestAmountsThatAreTooLargeAreNotConverted(t *testing.T) {
	t.Parallel()
	m := credit.Money{Amount: 1 << 62, Currency: "EUR"}
	rates, err := credit.NewRates("USD", []credit.Rate{{Currency: "EUR", Units: "0.1"}})
	require.NoError(t, err)
	got, ok := rates.Convert(m, "USD")
	require.False(t, ok)
	require.Equal(t, m, got)
}

func TestRatesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		corporate string
		rates     []credit.Rate
		path      string
		expected  string
	}{
		"the corporate currency":  {"dollars", nil, "corporate_currency", "currency"},
		"no currency":             {"XXX", nil, "corporate_currency", "currency"},
		"lower case":              {"USD", []credit.Rate{{Currency: "eur", Units: "1"}}, "rates[0].currency", "currency"},
		"twice":                   {"USD", []credit.Rate{{Currency: "EUR", Units: "1"}, {Currency: "EUR", Units: "2"}}, "rates[1].currency", "rate_once (Currency: EUR)"},
		"zero":                    {"USD", []credit.Rate{{Currency: "EUR", Units: "0.0"}}, "rates[0].units", "decimal_above_zero"},
		"negative":                {"USD", []credit.Rate{{Currency: "EUR", Units: "-1"}}, "rates[0].units", "decimal_above_zero"},
		"a fraction":              {"USD", []credit.Rate{{Currency: "EUR", Units: "1/3"}}, "rates[0].units", "decimal_above_zero"},
		"a huge exponent":         {"USD", []credit.Rate{{Currency: "EUR", Units: "1e999999999"}}, "rates[0].units", "decimal_above_zero"},
		"another base":            {"USD", []credit.Rate{{Currency: "EUR", Per: "pounds", Units: "1"}}, "rates[0].per", "currency"},
		"a base without a rate":   {"USD", []credit.Rate{{Currency: "EUR", Per: "GBP", Units: "1"}}, "rates[0].per", "rated_currency (Currency: GBP)"},
		"the corporate one at 2":  {"USD", []credit.Rate{{Currency: "USD", Units: "2"}}, "rates[0].units", "rate_of_corporate"},
		"a circle":                {"USD", []credit.Rate{{Currency: "EUR", Per: "GBP", Units: "1"}, {Currency: "GBP", Per: "CHF", Units: "1"}, {Currency: "CHF", Per: "EUR", Units: "1"}}, "rates[0].per", "rates_to_corporate (Corporate: USD; Way: EUR, GBP, CHF, EUR)"},
		"a way into a circle":     {"USD", []credit.Rate{{Currency: "EUR", Per: "GBP", Units: "1"}, {Currency: "GBP", Per: "CHF", Units: "1"}, {Currency: "CHF", Per: "GBP", Units: "1"}}, "rates[0].per", "Way: EUR, GBP, CHF, GBP)"},
		"a currency from itself":  {"USD", []credit.Rate{{Currency: "EUR", Per: "EUR", Units: "1"}}, "rates[0].per", "Way: EUR, EUR)"},
		"the corporate in a loop": {"USD", []credit.Rate{{Currency: "USD", Per: "EUR", Units: "1"}, {Currency: "EUR", Per: "EUR", Units: "1"}}, "rates[1].per", "rates_to_corporate"},
	} {
		_, err := credit.NewRates(tc.corporate, tc.rates)
		var f *fault.Error
		require.ErrorAs(t, err, &f, name)
		require.Equal(t, tc.path, f.Fields[0].Path, name)
		require.Contains(t, f.Fields[0].Expected.String(), tc.expected, name)
	}
}

func TestTotalOverSeveralCurrencies(t *testing.T) {
	t.Parallel()
	total := someRates(t).Total([]credit.Money{
		{Amount: 80_00, Currency: "EUR"}, {Amount: 1_00, Currency: "USD"}, {Amount: 5, Currency: "CHF"}, {Amount: 6, Currency: "CHF"}, {Amount: 7}, {Amount: 8, Currency: "credits"},
	}, "USD")
	require.Equal(t, credit.Total{
		Money: credit.Money{Amount: 101_00, Currency: "USD"}, Mixed: true,
		Left: []credit.Money{{Amount: 11, Currency: "CHF"}, {Amount: 15, Currency: "XXX"}},
	}, total)
	require.False(t, someRates(t).Total(nil, "USD").Mixed)
}

func TestConvertingThereAndBackIsNearlyTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := credit.Money{Amount: rapid.Int64Range(-1_000_000, 1_000_000).Draw(t, "amount"), Currency: "USD"}
		there, ok := someRates(t).Convert(m, "KWD") // its minor unit is smaller
		require.True(t, ok)
		back, ok := someRates(t).Convert(there, "USD")
		require.True(t, ok)
		require.Equal(t, m, back)
	})
}

func TestMinorUnits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		units, currency string
		want            int64
		ok              bool
	}{
		{"19.99", "USD", 1999, true}, {"1234.565", "", 123457, true}, {"-0.005", "EUR", -1, true}, {"1999", "JPY", 1999, true},
		{"1.2345", "BHD", 1235, true}, {"", "USD", 0, false}, {"1e30", "USD", 0, false},
	} {
		got, ok := credit.MinorUnits(test.units, test.currency)
		require.Equal(t, test.ok, ok, test.units)
		require.Equal(t, test.want, got, test.units)
	}
}

func TestAmountsInUnits(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]credit.Money{
		"19.99": {Amount: 1999, Currency: "USD"}, "-0.05": {Amount: -5, Currency: "EUR"}, "1999": {Amount: 1999, Currency: "JPY"}, "1.235": {Amount: 1235, Currency: "BHD"},
	} {
		require.Equal(t, want, m.Units())
	}
}

func TestWorthOfOneMinorUnit(t *testing.T) {
	t.Parallel()
	worth, known := someRates(t).Worth("JPY", "USD")
	require.True(t, known)
	require.InDelta(t, 100.0/128, worth, 1e-9)
	worth, known = credit.Rates{}.Worth("CHF", "CHF")
	require.True(t, known)
	require.InDelta(t, 1, worth, 0)
	_, known = someRates(t).Worth("CHF", "USD")
	require.False(t, known)
}
