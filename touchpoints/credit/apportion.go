package credit

import (
	"cmp"
	"math/big"
	"slices"
)

// apportion divides a whole into integers by shares that add up to one, so that
// the integers add up to the whole: each is rounded down, and those with the
// largest remainders get one more. Of equal remainders the earlier one does. If
// all shares are zero, so are the integers.
func apportion(whole int64, shares []*big.Rat) []int64 {
	parts := make([]int64, len(shares))
	remainders := make([]*big.Rat, len(shares))
	size := new(big.Int).Abs(big.NewInt(whole))
	rest := new(big.Int).Set(size)
	some := false
	for i, share := range shares {
		some = some || share.Sign() > 0
		exact := new(big.Rat).Mul(share, new(big.Rat).SetInt(size))
		floor := new(big.Int).Quo(exact.Num(), exact.Denom())
		remainders[i] = exact.Sub(exact, new(big.Rat).SetInt(floor))
		parts[i] = floor.Int64()
		rest.Sub(rest, floor)
	}
	if !some {
		return parts
	}
	for _, i := range byRemainder(remainders)[:rest.Int64()] {
		parts[i]++
	}
	if whole < 0 {
		for i := range parts {
			parts[i] = -parts[i]
		}
	}
	return parts
}

// byRemainder returns the indexes of the remainders, the largest first.
func byRemainder(remainders []*big.Rat) []int {
	order := make([]int, len(remainders))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(remainders[b].Cmp(remainders[a]), cmp.Compare(a, b)) })
	return order
}
