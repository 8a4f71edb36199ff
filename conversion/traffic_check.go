package conversion

import "slices"

// judgeTraffic checks the traffic filter on the visit that attribution picked
// (R7). Without a visit every field is empty.
func judgeTraffic(rules Rules, model AttributionModel, visit *Visit) Check {
	c := Check{Code: CheckTraffic, Reason: ReasonTraffic, Notes: []Note{visitNote(model, visit)}}
	var traffic Traffic
	if visit != nil {
		traffic = visit.Traffic
	}
	if rules.Traffic == nil {
		c.Passed, c.Seen = true, trafficSeen(traffic, []string{"source", "medium", "campaign"})
		if visit == nil {
			c.Seen, c.Notes = Seen{Code: SeenNoVisit}, nil
		}
		return c.withoutReasonIfPassed()
	}
	c.Wanted.Traffic, c.Seen = rules.Traffic, trafficSeen(traffic, rules.Traffic.fields())
	c.Passed, c.Seen.Unmet = rules.Traffic.holds(traffic)
	return c.withoutReasonIfPassed()
}

// visitNote returns which visit gets the credit, and by which model.
func visitNote(model AttributionModel, v *Visit) Note {
	if v == nil {
		return Note{Code: NoteNoVisit}
	}
	if !model.Valid() {
		model = LastNonDirect
	}
	at := v.At.UTC()
	note := Note{Code: NoteVisit, At: &at, Model: model}
	if (model == LastNonDirect || model == FirstNonDirect) && v.Traffic.Direct() {
		note.Code = NoteDirectVisit
	}
	return note
}

// trafficSeen returns what these fields hold.
func trafficSeen(t Traffic, fields []string) Seen {
	seen := Seen{Code: SeenTraffic}
	for _, name := range fields {
		seen.Fields = append(seen.Fields, fieldSeen(t, name))
	}
	return seen
}

// fieldSeen returns what one field holds.
func fieldSeen(t Traffic, name string) FieldSeen {
	field, known := trafficField(name)
	if !known {
		return FieldSeen{Field: name, NoSuch: true}
	}
	values := slices.DeleteFunc(field.values(t), func(value string) bool { return value == "" })
	if len(values) == 0 {
		values = nil
	}
	return FieldSeen{Field: name, Values: values}
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
