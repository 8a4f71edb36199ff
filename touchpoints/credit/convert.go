package credit

import (
	"maps"
	"math/big"
	"slices"
)

// Convert returns an amount in another currency, rounded to its minor unit, half
// away from zero. It reports false, and the amount as it is, if one of the
// currencies has no rate or the result is too large.
func (r Rates) Convert(m Money, to string) (Money, bool) {
	if m.Currency == to && IsCurrency(to) {
		return m, true
	}
	factor, known := r.factor(m.Currency, to)
	if !known {
		return m, false
	}
	rounded := round(factor.Mul(factor, new(big.Rat).SetInt64(m.Amount)))
	if !rounded.IsInt64() {
		return m, false
	}
	return Money{Amount: rounded.Int64(), Currency: to}, true
}

// Worth returns what one minor unit of a currency is worth in minor units of another. It
// reports false if one of them has no rate.
func (r Rates) Worth(from, to string) (float64, bool) {
	if from == to && IsCurrency(to) {
		return 1, true
	}
	factor, known := r.factor(from, to)
	if !known {
		return 0, false
	}
	worth, _ := factor.Float64()
	return worth, true
}

// factor returns by what an amount in one currency is multiplied to be in another, both in
// minor units.
func (r Rates) factor(from, to string) (*big.Rat, bool) {
	worth, known := r.worth[from]
	target, wanted := r.worth[to]
	if !known || !wanted {
		return nil, false
	}
	factor := new(big.Rat).SetFrac(minorUnits(to), minorUnits(from))
	return factor.Quo(factor, worth).Mul(factor, target), true
}

// Units returns the amount in units of its currency, as "19.99".
func (m Money) Units() string {
	digits := len(minorUnits(m.Currency).String()) - 1
	return big.NewRat(1, 1).SetFrac(big.NewInt(m.Amount), minorUnits(m.Currency)).FloatString(digits)
}

// digits are the decimal digits of the minor units of currencies that do not have
// two, by ISO 4217. The library's digits are those of cash in use, which differ.
var digits = map[string]int64{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "UYI": 0,
	"VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
}

// minorUnits returns how many minor units one unit of a currency has: 100 cents, 1 yen.
func minorUnits(code string) *big.Int {
	n, listed := digits[code]
	if !listed {
		n = 2
	}
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil)
}

// round returns the nearest integer, half away from zero.
func round(exact *big.Rat) *big.Int {
	size := new(big.Rat).Abs(exact)
	size.Add(size, big.NewRat(1, 2))
	whole := new(big.Int).Quo(size.Num(), size.Denom())
	if exact.Sign() < 0 {
		whole.Neg(whole)
	}
	return whole
}

// Total is a sum of amounts.
type Total struct {
	Money
	// Mixed is true if some amounts are not in the sum because their currency has no
	// rate. Left are these amounts, one for each currency; the currency of those
	// whose own is not known is Unknown.
	Mixed bool    `json:"mixed,omitempty"`
	Left  []Money `json:"left,omitempty"`
}

// Total returns the sum of amounts in a currency. Each is converted by itself, so
// that the sum is that of the figures which are shown.
func (r Rates) Total(amounts []Money, in string) Total {
	total := Total{Money: Money{Currency: in}}
	var left map[string]int64 // most amounts have a rate
	for _, m := range amounts {
		if converted, ok := r.Convert(m, in); ok {
			total.Amount += converted.Amount
			continue
		}
		if !IsCurrency(m.Currency) {
			m.Currency = Unknown
		}
		if left == nil {
			left = map[string]int64{}
		}
		left[m.Currency] += m.Amount
	}
	if left == nil {
		return total
	}
	for _, code := range slices.Sorted(maps.Keys(left)) {
		total.Left = append(total.Left, Money{Amount: left[code], Currency: code})
	}
	total.Mixed = len(total.Left) > 0
	return total
}
