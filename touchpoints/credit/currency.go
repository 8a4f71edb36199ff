package credit

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/currency"

	"ringback/internal/fault"
)

// Unknown is the currency of an amount whose currency is not known or has no rate,
// by ISO 4217.
const Unknown = "XXX"

// Money is an amount in minor units, such as cents, of a currency by ISO 4217.
type Money struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

// Rate is how many units of a currency one unit of another is worth.
type Rate struct {
	Currency string `json:"currency"`
	Per      string `json:"per,omitempty"` // the other currency, empty if it is the corporate one
	Units    string `json:"units"`         // a decimal number, as "0.92"
}

// Rates are flat rates to a corporate currency, as a CRM keeps them: they do not
// depend on the date.
type Rates struct {
	corporate string
	worth     map[string]*big.Rat // units of the currency for one of the corporate one
}

var decimal = regexp.MustCompile(`^\d{1,12}(\.\d{1,12})?$`)

// NewRates returns the rates. Each currency has at most one, and following them
// leads to the corporate currency. The error is a fault that names those that
// cannot be used.
func NewRates(corporate string, rates []Rate) (Rates, error) {
	var fields []fault.Field
	if !IsCurrency(corporate) {
		fields = append(fields, fault.Field{Path: "corporate_currency", Expected: fault.Expect("currency")})
	}
	known := map[string]Rate{}
	for i, rate := range rates {
		if expected := rate.problem(corporate, known); !expected.Expected.IsZero() {
			expected.Path = fmt.Sprintf("rates[%d].%s", i, expected.Path)
			fields = append(fields, expected)
			continue
		}
		known[rate.Currency] = rate
	}
	if len(fields) > 0 {
		return Rates{}, fault.InvalidFields(fields...)
	}
	all := Rates{corporate: corporate, worth: map[string]*big.Rat{corporate: big.NewRat(1, 1)}}
	for i, rate := range rates {
		if err := all.add(rate, known, fmt.Sprintf("rates[%d].per", i)); err != nil {
			return Rates{}, err
		}
	}
	return all, nil
}

// IsCurrency reports whether a code is a currency of ISO 4217 in capital letters.
// Unknown is none.
func IsCurrency(code string) bool {
	_, err := currency.ParseISO(code)
	return err == nil && code == strings.ToUpper(code) && code != Unknown
}

// problem returns what is wrong with a rate.
func (r Rate) problem(corporate string, known map[string]Rate) fault.Field {
	_, twice := known[r.Currency]
	units, _ := new(big.Rat).SetString(r.Units)
	switch {
	case !IsCurrency(r.Currency):
		return fault.Field{Path: "currency", Expected: fault.Expect("currency")}
	case twice:
		return fault.Field{Path: "currency", Expected: fault.Expect("rate_once").With("Currency", r.Currency)}
	case r.Per != "" && !IsCurrency(r.Per):
		return fault.Field{Path: "per", Expected: fault.Expect("currency")}
	case !decimal.MatchString(r.Units) || units.Sign() == 0:
		return fault.Field{Path: "units", Expected: fault.Expect("decimal_above_zero")}
	case r.Currency == corporate && units.Cmp(big.NewRat(1, 1)) != 0:
		return fault.Field{Path: "units", Expected: fault.Expect("rate_of_corporate")}
	default:
		return fault.Field{}
	}
}

// add follows the rates of a currency to one whose worth is known.
func (r Rates) add(rate Rate, known map[string]Rate, path string) error {
	worth, way := big.NewRat(1, 1), []string{rate.Currency}
	for at := rate; at.Currency != r.corporate; {
		units, _ := new(big.Rat).SetString(at.Units)
		worth.Mul(worth, units)
		next := at.Per
		if next == "" {
			next = r.corporate
		}
		way = append(way, next)
		var listed bool
		if at, listed = known[next]; next == r.corporate {
			break
		} else if !listed {
			return wrongWay(path, fault.Expect("rated_currency").With("Currency", next))
		}
		if slices.Contains(way[:len(way)-1], next) {
			return wrongWay(path, fault.Expect("rates_to_corporate").With("Corporate", r.corporate).With("Way", strings.Join(way, ", ")))
		}
	}
	r.worth[rate.Currency] = worth
	return nil
}

func wrongWay(path string, expected fault.Expectation) error {
	return fault.InvalidFields(fault.Field{Path: path, Expected: expected})
}

// MaxAmount is the largest amount of one opportunity in minor units, so that sums of many
// stay numbers that the databases can hold.
const MaxAmount = 1_000_000_000_000_000

// IsAmount reports whether an amount in minor units, also a negative one, is within
// MaxAmount.
func IsAmount(minor int64) bool { return -MaxAmount <= minor && minor <= MaxAmount }

// MinorUnits returns a decimal number of units, such as "19.99", in minor units of a
// currency, rounded half away from zero. It reports false, and zero, for what is not a
// number or too large.
func MinorUnits(units, currency string) (int64, bool) {
	exact, ok := new(big.Rat).SetString(units)
	if !ok {
		return 0, false
	}
	rounded := round(exact.Mul(exact, new(big.Rat).SetInt(minorUnits(currency))))
	if !rounded.IsInt64() || !IsAmount(rounded.Int64()) {
		return 0, false
	}
	return rounded.Int64(), true
}

// IsExact reports whether a decimal number of units of a currency is a whole number of
// minor units.
func IsExact(units, currency string) bool {
	exact, ok := new(big.Rat).SetString(units)
	return ok && exact.Mul(exact, new(big.Rat).SetInt(minorUnits(currency))).IsInt()
}
