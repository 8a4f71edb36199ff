package visits

// Next says what a hit does to the visitor's latest session; nil: there is none.
func Next(previous *Session, h Hit, r Rules) Step {
	traffic, _ := Arrive(h, r)
	return Step{New: previous == nil, Why: "the visitor's first", Traffic: traffic}
}
