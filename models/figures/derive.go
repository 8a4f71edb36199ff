package figures

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/conversion"
	"ringback/internal/ids"
	"ringback/reports"
)

// batch is how many conversions are read, and how many rows are written, at once.
const batch = 400

// erased returns those of the conversions that do not exist any more.
func (s source) erased(conversionIDs []string) []string {
	return slices.DeleteFunc(slices.Clone(conversionIDs), func(id string) bool {
		return slices.ContainsFunc(s.conversions, func(c counted) bool { return c.ID == id })
	})
}

// cancelled returns the conversions that an operator cancelled, which are not counted.
func (s source) cancelled() map[string]bool {
	all := map[string]bool{}
	for _, j := range s.judgements {
		if j.Moment == conversion.AtCancelled {
			all[j.ConversionID] = true
		}
	}
	return all
}

// fact returns how a conversion counts in a series. Before is the fact that is stored,
// nil if there is none: it knows the visit that has been deleted because of its age.
func (s source) fact(in Series, c counted, before *Fact, forget bool) Fact {
	zone := in.Zone()
	f := Fact{
		SeriesID: in.ID, ConversionID: c.ID, At: c.At, Day: reports.DayOf(c.At, zone), Hour: reports.HourOf(c.At, zone).Unix(),
		Form: reports.Key(c.Form),
	}
	subject := c.subject()
	visit, found := s.sessions[c.SessionID]
	switch own := ids.Is(c.SessionID, ids.Session); {
	case found:
		f.Visit = visitOf(&visit.Traffic)
		subject.VisitKnown = true
		subject.VisitorKnown = subject.VisitorKnown || len(visit.VisitorIDs) > 0
	case own && before != nil && before.KnownVisits == 1 && !forget:
		f.Visit, subject.VisitKnown, subject.VisitorKnown = before.Visit, true, before.KnownVisitors == 1
	case own:
		f.NoVisit = reports.NoVisitForgotten
	default:
		subject.VisitKnown = c.SessionID != ""
	}
	if c.Traffic != nil {
		f.Visit = visitOf(c.Traffic).filledFrom(f.Visit)
	}
	number := s.numbers[c.ID]
	if number != nil {
		f.NumberID, f.PoolID, subject.Ambiguous = number.NumberID, number.PoolID, number.Ambiguous
	}
	if !subject.VisitKnown && f.NoVisit == "" {
		f.NoVisit = reports.WhyNoVisit(c.Kind, c.TrackingNumber, number)
	}
	f.Counts = subject.Count(in.AbandonedSeconds)
	return f
}

// filledFrom returns the visit that was reported with a conversion, with the landing page
// and the device of the session if it does not name them. Where the visit came from is
// taken from one of them alone.
func (v Visit) filledFrom(session Visit) Visit {
	if v.LandingPage == "" {
		v.LandingPage = session.LandingPage
	}
	if v.Device == "" {
		v.Device = session.Device
	}
	return v
}

func (c counted) subject() reports.Subject {
	is := func(flag *bool) bool { return flag != nil && *flag }
	ended := c.EndedAt != nil
	return reports.Subject{
		Kind: c.Kind, Anonymous: c.Anonymous || c.Person == "", Ended: ended, Incomplete: c.Incomplete,
		Answered: ended && c.Outcome == conversion.OutcomeAnswered || !ended && c.AnsweredAt != nil,
		Unique:   is(c.IsUnique), Target: is(c.IsTarget), UniqueTarget: is(c.IsUniqueTarget),
		Wait: c.WaitSeconds, Talk: c.TalkSeconds, VisitorKnown: len(c.VisitorIDs) > 0,
	}
}

// sends returns how the decisions count in a series.
func (s source) sends(in Series) []send {
	zone := in.Zone()
	all := make([]send, 0, len(s.judgements))
	for _, j := range s.judgements {
		x := send{
			SeriesID: in.ID, DecisionID: j.ID, ConversionID: j.ConversionID, IntegrationID: j.IntegrationID,
			Day: reports.DayOf(j.CreatedAt, zone), At: j.CreatedAt, Reason: j.Reason,
		}
		x.Judged = 1
		if d, found := s.deliveries[j.ID]; found {
			x.count(d)
		}
		all = append(all, x)
	}
	return all
}

func (x *send) count(d delivered) {
	x.Wanted, x.Attempts = 1, d.Attempts
	if d.Attempts > 1 {
		x.Repeated = 1
	}
	switch d.State {
	case "delivered":
		after := time.Duration(0)
		if d.FinishedAt != nil {
			after = d.FinishedAt.Sub(d.AcceptedAt)
		}
		x.CountDelivered(after)
	case "failed":
		x.Failed = 1
	case "waiting":
		x.Held = 1
	default:
		x.Waiting = 1
	}
}

// derive writes the facts of conversions into a series, and notes for which days the sums
// are older than the facts. Forget has the conversions whose visit is forgotten.
func derive(tx *gorm.DB, in Series, s source, conversionIDs []string, forget map[string]bool) error {
	var before []Fact
	if err := tx.Where("series_id = ? AND conversion_id IN ?", in.ID, conversionIDs).Find(&before).Error; err != nil {
		return fmt.Errorf("reading facts: %w", err)
	}
	known := make(map[string]*Fact, len(before))
	dirty := map[reports.Day]bool{}
	for i, f := range before {
		known[f.ConversionID] = &before[i]
		dirty[f.Day] = true
	}
	cancelled := s.cancelled()
	facts := make([]Fact, 0, len(s.conversions))
	for _, c := range s.conversions {
		if !cancelled[c.ID] {
			f := s.fact(in, c, known[c.ID], forget[c.ID])
			facts = append(facts, f)
			dirty[f.Day] = true
		}
	}
	if err := replaceFacts(tx, in, known, facts); err != nil {
		return err
	}
	if err := storeSends(tx, s.sends(in), dirty); err != nil {
		return err
	}
	if err := deleteSends(tx, in, s.erased(conversionIDs), dirty); err != nil {
		return err
	}
	return markDirty(tx, in.ID, dirty)
}

// replaceFacts stores facts, and deletes the known ones that are not among them.
func replaceFacts(tx *gorm.DB, in Series, known map[string]*Fact, facts []Fact) error {
	for _, f := range facts {
		delete(known, f.ConversionID)
	}
	gone := make([]string, 0, len(known))
	for id := range known {
		gone = append(gone, id)
	}
	if len(gone) > 0 {
		if err := tx.Where("series_id = ? AND conversion_id IN ?", in.ID, gone).Delete(&Fact{}).Error; err != nil {
			return fmt.Errorf("deleting facts: %w", err)
		}
	}
	if len(facts) == 0 {
		return nil
	}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(&facts, batch).Error; err != nil {
		return fmt.Errorf("storing facts: %w", err)
	}
	return nil
}

// storeSends stores decisions, and adds their days to the dirty ones. A decision stays in
// its day.
func storeSends(tx *gorm.DB, sends []send, dirty map[reports.Day]bool) error {
	for _, x := range sends {
		dirty[x.Day] = true
	}
	if len(sends) == 0 {
		return nil
	}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(&sends, batch).Error; err != nil {
		return fmt.Errorf("storing decisions: %w", err)
	}
	return nil
}

// deleteSends deletes the decisions of conversions that have been erased, and adds their
// days to the dirty ones.
func deleteSends(tx *gorm.DB, in Series, erased []string, dirty map[reports.Day]bool) error {
	if len(erased) == 0 {
		return nil
	}
	var days []reports.Day
	sends := func() *gorm.DB { return tx.Model(&send{}).Where("series_id = ? AND conversion_id IN ?", in.ID, erased) }
	if err := sends().Distinct().Pluck("day", &days).Error; err != nil {
		return fmt.Errorf("reading decisions: %w", err)
	}
	for _, day := range days {
		dirty[day] = true
	}
	if err := sends().Delete(&send{}).Error; err != nil {
		return fmt.Errorf("deleting decisions: %w", err)
	}
	return nil
}
