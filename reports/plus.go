package reports

// Plus returns the sum of two counts.
func (c Counts) Plus(d Counts) Counts {
	for i, field := range d.fields() {
		*c.fields()[i] += *field
	}
	return c
}

func (c *Counts) fields() []*int64 {
	return append([]*int64{
		&c.Calls, &c.Running, &c.Ended, &c.Answered, &c.Missed, &c.Abandoned, &c.NeverEnded, &c.Anonymous,
		&c.Uniques, &c.Targets, &c.UniqueTargets, &c.WaitsKnown, &c.WaitSeconds, &c.TalksKnown, &c.TalkSeconds,
		&c.Leads, &c.UniqueLeads, &c.KnownVisits, &c.KnownVisitors, &c.Ambiguous,
	}, c.Waits.fields()...)
}

// Plus returns the sum of two counts.
func (c SendCounts) Plus(d SendCounts) SendCounts {
	for i, field := range d.fields() {
		*c.fields()[i] += *field
	}
	return c
}

func (c *SendCounts) fields() []*int64 {
	return append([]*int64{&c.Judged, &c.Wanted, &c.Delivered, &c.Failed, &c.Waiting, &c.Held, &c.Attempts, &c.Repeated}, c.Afters.fields()...)
}
