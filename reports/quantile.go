package reports

import "math"

// Between is a span of seconds. To is nil if there is no upper end.
type Between struct {
	From int64  `json:"from"`
	To   *int64 `json:"to"`
}

// add counts a value in the field from whose bound on it lies.
func add(fields []*int64, bounds []int64, value int64) {
	for i := len(bounds) - 1; i >= 0; i-- {
		if value >= bounds[i] || i == 0 {
			*fields[i]++
			return
		}
	}
}

// quantile returns between which bounds the smallest value lies that a part of all
// values do not exceed, nil without values.
func quantile(fields []*int64, bounds []int64, part float64) *Between {
	var all int64
	for _, n := range fields {
		all += *n
	}
	if all == 0 {
		return nil
	}
	wanted := max(1, int64(math.Ceil(part*float64(all))))
	var seen int64
	for i, n := range fields {
		if seen += *n; seen < wanted {
			continue
		}
		b := Between{From: bounds[i]}
		if i+1 < len(bounds) {
			b.To = new(bounds[i+1])
		}
		return &b
	}
	return nil
}

// Ratio returns a part of a whole, nil if the whole is nothing.
func Ratio(part, whole int64) *float64 {
	if whole == 0 {
		return nil
	}
	return new(float64(part) / float64(whole))
}

// FewCalls is the number of calls below which a rate rests on too few of them to say
// much.
const FewCalls = 20
