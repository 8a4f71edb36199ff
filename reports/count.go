package reports

import (
	"time"

	"ringback/conversion"
)

// Counts are the figures of calls and leads that can be added up: over days, channels
// and any other parts of them.
type Counts struct {
	Calls         int64
	Running       int64
	Ended         int64
	Answered      int64
	Missed        int64
	Abandoned     int64
	NeverEnded    int64
	Anonymous     int64
	Uniques       int64
	Targets       int64
	UniqueTargets int64
	WaitsKnown    int64 // answered calls whose wait is known
	WaitSeconds   int64 // their waits
	TalksKnown    int64 // answered calls whose talk is known
	TalkSeconds   int64 // their talks
	Leads         int64
	UniqueLeads   int64
	KnownVisits   int64
	KnownVisitors int64
	Ambiguous     int64
	Waits         WaitCounts `gorm:"embedded"`
}

// WaitCounts are how many answered calls waited how long. Each field is named after the
// seconds from which it counts; the next one begins where it ends.
type WaitCounts struct{ Wait0, Wait5, Wait10, Wait15, Wait20, Wait30, Wait60, Wait120 int64 }

// waitBounds are the seconds from which the fields of WaitCounts count. 15 is one of
// them because it divides abandoned calls from missed ones.
var waitBounds = []int64{0, 5, 10, 15, 20, 30, 60, 120}

func (w *WaitCounts) fields() []*int64 {
	return []*int64{&w.Wait0, &w.Wait5, &w.Wait10, &w.Wait15, &w.Wait20, &w.Wait30, &w.Wait60, &w.Wait120}
}

// Conversions returns the number of calls and leads.
func (c Counts) Conversions() int64 { return c.Calls + c.Leads }

// Repeats returns the calls that are neither unique nor anonymous.
func (c Counts) Repeats() int64 { return c.Calls - c.Uniques - c.Anonymous }

// WaitQuantile returns between which seconds the wait of a part of the answered calls
// lies, such as the median for 0.5.
func (c Counts) WaitQuantile(part float64) *Between {
	return quantile(c.Waits.fields(), waitBounds, part)
}

// Subject is what is known of a call or lead that is counted.
type Subject struct {
	Kind         conversion.Kind
	Anonymous    bool
	Answered     bool // a person took it, also if it has not ended
	Ended        bool
	Incomplete   bool // closed at the site's deadline, without an end
	Unique       bool
	Target       bool
	UniqueTarget bool
	Wait, Talk   *int // in seconds, nil if they are not known
	VisitKnown   bool
	VisitorKnown bool
	Ambiguous    bool // its visit was found by a number that others had had just before
}

// Count returns how a call or lead counts. An unanswered call that waited less than
// these seconds was abandoned.
func (s Subject) Count(abandonedSeconds int) Counts {
	c := Counts{KnownVisits: one(s.VisitKnown), KnownVisitors: one(s.VisitorKnown), Ambiguous: one(s.Ambiguous)}
	if s.Kind == conversion.KindLead {
		c.Leads, c.UniqueLeads = 1, one(s.Unique)
		return c
	}
	c.Calls, c.Anonymous = 1, one(s.Anonymous)
	c.Uniques, c.Targets, c.UniqueTargets = one(s.Unique), one(s.Target), one(s.UniqueTarget)
	c.Ended, c.Answered = one(s.Ended), one(s.Answered)
	c.NeverEnded, c.Running = one(!s.Ended && s.Incomplete), one(!s.Ended && !s.Incomplete)
	if missed := s.Ended && !s.Answered; missed {
		c.Missed, c.Abandoned = 1, one(s.Wait != nil && *s.Wait < abandonedSeconds)
	}
	if s.Answered {
		c.countTimes(s.Wait, s.Talk)
	}
	return c
}

func (c *Counts) countTimes(wait, talk *int) {
	if wait != nil {
		c.WaitsKnown, c.WaitSeconds = 1, int64(*wait)
		add(c.Waits.fields(), waitBounds, c.WaitSeconds)
	}
	if talk != nil {
		c.TalksKnown, c.TalkSeconds = 1, int64(*talk)
	}
}

func one(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// SendCounts are the figures of decisions and their deliveries.
type SendCounts struct {
	Judged    int64
	Wanted    int64 // decided to be sent
	Delivered int64 // by the newest delivery, as the next three
	Failed    int64
	Waiting   int64
	Held      int64
	Attempts  int64
	Repeated  int64       // deliveries with more than one attempt
	Afters    AfterCounts `gorm:"embedded"`
}

// AfterCounts are how many deliveries were accepted how long after they could be decided,
// as in WaitCounts.
type AfterCounts struct{ After0, After1, After2, After5, After10, After30, After60, After300, After3600 int64 }

var afterBounds = []int64{0, 1, 2, 5, 10, 30, 60, 300, 3600}

func (a *AfterCounts) fields() []*int64 {
	return []*int64{&a.After0, &a.After1, &a.After2, &a.After5, &a.After10, &a.After30, &a.After60, &a.After300, &a.After3600}
}

// Skipped returns the decisions not to send.
func (c SendCounts) Skipped() int64 { return c.Judged - c.Wanted }

// DeliveryQuantile returns between which seconds the time to deliver of a part of the
// deliveries lies, such as the 95th percentile for 0.95.
func (c SendCounts) DeliveryQuantile(part float64) *Between {
	return quantile(c.Afters.fields(), afterBounds, part)
}

// CountDelivered counts that a delivery was accepted this long after it could be decided.
func (c *SendCounts) CountDelivered(after time.Duration) {
	c.Delivered = 1
	add(c.Afters.fields(), afterBounds, max(0, int64(after/time.Second)))
}
