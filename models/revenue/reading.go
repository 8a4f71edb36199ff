package revenue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/reports"
)

// reading is what is read of the figures of a site at one moment. Facts of the same days are
// read once for all its queries, because they take most of the time of a report. Statements
// that do not need each other are run together.
type reading struct {
	moment *database.Moment
	g      generation
	asOf   time.Time
	today  reports.Day
	finest Dimension // of touchpoints, by which facts are read

	mu    sync.Mutex
	facts map[string]func() ([]Value, error) // by what is read of which days
}

// reading calls f with the figures of a site of an account at one moment.
func (s *Sums) reading(ctx context.Context, accountID, siteID string, finest Dimension, f func(*reading) error) error {
	return s.db.ReadMoment(ctx, "reading a report", func(m *database.Moment) error {
		r := &reading{moment: m, finest: finest, facts: map[string]func() ([]Value, error){}}
		err := m.Read(func(tx *gorm.DB) (err error) {
			if r.g, err = serving(tx, accountID, siteID); err != nil {
				return err
			}
			r.today = reports.DayOf(s.db.Now(), r.g.zone())
			r.asOf, err = s.asOf(tx, r.g)
			return err
		})
		if err != nil {
			return err
		}
		return f(r)
	})
}

// answers answers queries.
//
//racetests:contained
func (r *reading) answers(queries ...Query) ([]Answer, error) {
	answers := make([]Answer, len(queries))
	var all errgroup.Group
	for i, q := range queries {
		all.Go(func() (err error) {
			answers[i] = Answer{TimeZone: r.g.TimeZone, AsOf: r.asOf}
			if answers[i].Values, answers[i].Compared, err = r.values(q); err != nil {
				return fmt.Errorf("by %s: %w", q.Dimension, err)
			}
			return nil
		})
	}
	return answers, all.Wait()
}

// values returns the values of a query, and those of the same keys in the span that it
// compares with.
func (r *reading) values(q Query) (found, compared []Value, err error) {
	if q.Span.Days() <= 0 || q.Keys != nil && len(q.Keys) == 0 {
		return nil, nil, nil
	}
	p, err := r.divide(q)
	if err != nil {
		return nil, nil, err
	}
	if q.Order != nil && q.Limit > 0 && q.Dimension == Campaign { // others have few keys
		return r.firstValues(q, p)
	}
	var fresh []Value
	err = atOnce(
		func() (err error) { fresh, err = r.fresh(q, p); return err },
		func() (err error) { found, err = r.summed(q, p); return err },
	)
	if err != nil {
		return nil, nil, err
	}
	found = addUp(append(found, fresh...))
	if q.Order != nil {
		found = q.first(found)
	}
	compared, err = r.compared(q, keysOf(found))
	return found, compared, err
}

// firstValues is values for a query that has few of many keys. The values of these keys alone
// are read, if the sums that the keys are ordered by tell which they are.
func (r *reading) firstValues(q Query, p reports.Parts) (found, compared []Value, err error) {
	var fresh, largest []Value
	err = atOnce(
		func() (err error) { fresh, err = r.fresh(q, p); return err },
		func() (err error) { largest, err = r.largest(q, p); return err },
	)
	if err != nil {
		return nil, nil, err
	}
	q.Keys = q.placed(largest, fresh)
	fresh = q.ofKeys(fresh)
	err = atOnce(
		func() (err error) { found, err = r.summed(q, p); return err },
		func() (err error) { compared, err = r.compared(q, q.Keys); return err },
	)
	if err != nil {
		return nil, nil, err
	}
	found = q.first(addUp(append(found, fresh...)))
	if q.Keys == nil {
		compared, err = r.compared(q, keysOf(found))
		return found, compared, err
	}
	q.Keys = keysOf(found)
	return found, q.ofKeys(compared), nil
}

// compared returns the values of some keys in the span that a query compares with.
func (r *reading) compared(q Query, keys []string) ([]Value, error) {
	if q.Compared == nil || len(keys) == 0 {
		return nil, nil
	}
	found, _, err := r.values(Query{Dimension: q.Dimension, Span: *q.Compared, Keys: keys})
	return found, err
}

// atOnce calls functions at the same time, and returns an error of one of them.
//
//racetests:contained
func atOnce(all ...func() error) error {
	var group errgroup.Group
	for _, f := range all {
		group.Go(f)
	}
	return group.Wait()
}

// eachAtOnce reads the values of several things at the same time, and returns them in the order
// of these.
//
//racetests:contained
func eachAtOnce[Of any](all []Of, read func(Of) ([]Value, error)) ([]Value, error) {
	each := make([][]Value, len(all))
	var group errgroup.Group
	for i, of := range all {
		group.Go(func() (err error) { each[i], err = read(of); return err })
	}
	err := group.Wait()
	return slices.Concat(each...), err
}

// keysOf returns the keys of values, those of a key of which follow each other.
func keysOf(values []Value) (keys []string) {
	for i := range values {
		if i == 0 || values[i].Key != values[i-1].Key {
			keys = append(keys, values[i].Key)
		}
	}
	return keys
}

// each calls do with each value of a query without an order, as it is read.
func (r *reading) each(q Query, do func(Value) error) error {
	p, err := r.divide(q)
	if err != nil {
		return err
	}
	fresh, err := r.fresh(q, p)
	if err != nil {
		return err
	}
	fresh = addUp(fresh)
	next := func() (err error) {
		v := fresh[0]
		fresh = fresh[1:]
		return do(v)
	}
	if statement, parameters := q.sums(r.g, p); statement != "" {
		summed := func(v Value) error {
			for len(fresh) > 0 && fresh[0].compare(&v) < 0 {
				if err := next(); err != nil {
					return err
				}
			}
			if len(fresh) > 0 && fresh[0].compare(&v) == 0 {
				v.add(&fresh[0])
				fresh = fresh[1:]
			}
			if v.isZero() {
				return nil
			}
			return do(v)
		}
		err = r.moment.Read(func(tx *gorm.DB) error { return database.EachRow(tx, summed, statement, parameters...) })
	}
	for err == nil && len(fresh) > 0 {
		err = next()
	}
	return err
}

// divide divides the span of a query into what is read from sums and from facts.
func (r *reading) divide(q Query) (reports.Parts, error) {
	monthly := reports.MonthsLessDays
	if q.ByDay {
		monthly = reports.NoMonths
	}
	var stale reports.Stale
	err := r.moment.Read(func(tx *gorm.DB) (err error) {
		stale, err = r.g.staleIn(tx, q.Span.Period, r.today)
		return err
	})
	return q.Span.Parts(r.today, stale, monthly), err
}

// summed returns the values of a query as far as they are added up.
func (r *reading) summed(q Query, p reports.Parts) (found []Value, err error) {
	statement, parameters := q.sums(r.g, p)
	if statement == "" {
		return nil, nil
	}
	err = r.moment.Read(func(tx *gorm.DB) (err error) {
		found, err = scan(tx, q.ByDay, statement, parameters)
		return err
	})
	return found, err
}

// fresh returns what is read from facts for a query, by the keys of its dimension.
func (r *reading) fresh(q Query, p reports.Parts) ([]Value, error) {
	if len(p.Fresh) == 0 {
		return nil, nil
	}
	finest := r.finest
	if q.Like != "" { // is in a key of this dimension
		finest = q.Dimension
	}
	found, err := eachAtOnce(q.Dimension.kinds(finest), func(kind kind) ([]Value, error) { return r.read(kind, q.Like, p) })
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Key = q.Dimension.keyOf(found[i].Key)
		if !q.ByDay {
			found[i].Day = ""
		}
	}
	return q.ofKeys(found), nil
}

// ofKeys returns those values that have a key that a query selects, apart from its text.
func (q Query) ofKeys(values []Value) []Value {
	kept := map[string]bool{}
	for _, key := range q.Keys {
		kept[key] = true
	}
	above := strings.Join(q.Under, separator)
	return slices.DeleteFunc(values, func(v Value) bool {
		under := len(q.Under) == 0 || v.Key == above || strings.HasPrefix(v.Key, above+separator)
		return !under || q.Keys != nil && !kept[v.Key]
	})
}

// read returns the facts of one kind on the days that are read from facts, by the columns of
// the kind. Like limits them to keys with a text.
func (r *reading) read(kind kind, like string, p reports.Parts) ([]Value, error) {
	name := fmt.Sprintf("%s %d %v %d %s", kind.name, len(kind.columns), p.Fresh, p.Until.UnixNano(), like)
	r.mu.Lock()
	facts, known := r.facts[name]
	if !known {
		facts = sync.OnceValues(func() ([]Value, error) { return r.readFacts(kind, like, p) })
		r.facts[name] = facts
	}
	r.mu.Unlock()
	return facts()
}

func (r *reading) readFacts(kind kind, like string, p reports.Parts) ([]Value, error) {
	return eachAtOnce(passes(kind.facts), func(pass []fact) (found []Value, err error) {
		statement, parameters := r.g.keyed(pass, kind.columns, like, p)
		err = r.moment.Read(func(tx *gorm.DB) (err error) { found, err = scanPass(tx, pass, statement, parameters); return err })
		return found, err
	})
}
