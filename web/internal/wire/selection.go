package wire

import "ringback/reports"

// ValuesOf returns the values that a filter selects: those that are given, empty for
// reports.NotSet.
func ValuesOf(given map[string]string) map[string]string {
	selected := map[string]string{}
	for name, value := range given {
		if value == reports.NotSet {
			selected[name] = ""
		} else if value != "" {
			selected[name] = value
		}
	}
	return selected
}

// DaysOf returns the days that the parameters day_from and day_to select, nil if none are
// given.
func DaysOf(from, to string) (*reports.Period, error) {
	if from == "" && to == "" {
		return nil, nil
	}
	days, err := reports.ParseDays("day_from", "day_to", from, to)
	return &days, err
}
