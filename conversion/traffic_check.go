package conversion

import (
	"cmp"
	"slices"
	"strings"
)

// judgeTraffic checks the traffic conditions on the visit that attribution
// picked (requirement R7). Without a visit every field is empty.
func judgeTraffic(rules Rules, model AttributionModel, visit *Visit) finding {
	c := Check{Name: CheckTraffic, Wanted: "any traffic", Note: pickedWords(model, visit)}
	var traffic Traffic
	if visit != nil {
		traffic = visit.Traffic
	}
	if rules.Traffic == nil {
		c.Seen, c.Passed = trafficSeen(traffic, []string{"source", "medium", "campaign"}), true
		if visit == nil {
			c.Seen, c.Note = "no visit", ""
		}
		return finding{Check: c}
	}
	c.Wanted, c.Seen = rules.Traffic.words(), trafficSeen(traffic, rules.Traffic.fields())
	holds, unmet := rules.Traffic.holds(traffic)
	if holds {
		c.Passed = true
		return finding{Check: c, why: "the traffic filter is met (" + c.Seen + ")"}
	}
	c.Reason = ReasonTraffic
	return c.failed("traffic filter is not met: " + joinSome(unmet, ", and "))
}

// trafficSeen writes what these fields hold.
func trafficSeen(t Traffic, fields []string) string {
	parts := make([]string, 0, len(fields))
	for _, name := range fields {
		parts = append(parts, name+": "+fieldSeen(t, name))
	}
	return strings.Join(parts, "; ")
}

// fieldSeen writes what one field holds.
func fieldSeen(t Traffic, name string) string {
	field, known := trafficField(name)
	if !known {
		return "no such field"
	}
	return cmp.Or(strings.Join(field.values(t), ", "), "nothing")
}

// Words writes the condition for its owner; empty: there is none.
func (c *Condition) Words() string {
	if c == nil {
		return ""
	}
	return c.words()
}

// words writes the condition for its owner.
func (c Condition) words() string {
	if c.isGroup() {
		return c.groupWords()
	}
	words := string(c.Operator)
	if known, ok := c.Operator.comparison(); ok {
		words = known.words
	}
	if c.Operator.takesValues() {
		words += ": " + strings.Join(c.Values, ", ")
	}
	return c.Field + " " + words
}

func (c Condition) groupWords() string {
	parts := make([]string, 0, len(c.Conditions))
	for _, part := range c.Conditions {
		parts = append(parts, "("+part.words()+")")
	}
	if len(parts) == 1 {
		return c.Conditions[0].words()
	}
	if c.Match == MatchAny {
		return strings.Join(parts, " or ")
	}
	return strings.Join(parts, " and ")
}

// fields returns the fields that the condition looks at, each once.
func (c Condition) fields() []string {
	if !c.isGroup() {
		return []string{c.Field}
	}
	var names []string
	for _, part := range c.Conditions {
		for _, name := range part.fields() {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
