package revenue

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/reports"
)

// reading is what one transaction reads of the figures of a site. Facts of the same days are
// read once for all its queries, because they take most of the time of a report.
type reading struct {
	tx     *gorm.DB
	g      generation
	today  reports.Day
	finest Dimension          // of touchpoints, by which facts are read
	facts  map[string][]Value // by what is read of which days
}

func (s *Sums) readingOf(tx *gorm.DB, g generation, finest Dimension) *reading {
	return &reading{tx: tx, g: g, today: reports.DayOf(s.db.Now(), g.zone()), finest: finest, facts: map[string][]Value{}}
}

// values returns the values of a query.
func (r *reading) values(q Query) ([]Value, error) {
	if q.Span.Days() <= 0 || q.Keys != nil && len(q.Keys) == 0 {
		return nil, nil
	}
	p, err := r.divide(q)
	if err != nil {
		return nil, err
	}
	fresh, err := r.fresh(q, p)
	if err != nil {
		return nil, err
	}
	if q.Order != nil && q.Limit > 0 && q.Dimension == Campaign { // others have few keys
		if q.Keys, err = r.placed(q, p, fresh); err != nil {
			return nil, err
		}
		fresh = q.ofKeys(fresh)
	}
	found, err := r.summed(q, p)
	if err != nil {
		return nil, err
	}
	found = addUp(append(found, fresh...))
	if q.Order != nil {
		found = q.first(found)
	}
	return found, nil
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
		err = database.EachRow(r.tx, func(v Value) error {
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
		}, statement, parameters...)
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
	stale, err := r.g.staleIn(r.tx, q.Span.Period, r.today)
	return q.Span.Parts(r.today, stale, monthly), err
}

// summed returns the values of a query as far as they are added up.
func (r *reading) summed(q Query, p reports.Parts) ([]Value, error) {
	statement, parameters := q.sums(r.g, p)
	if statement == "" {
		return nil, nil
	}
	return scan(r.tx, q.ByDay, statement, parameters)
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
	var found []Value
	for _, kind := range q.Dimension.kinds(finest) {
		read, err := r.read(kind, q.Like, p)
		if err != nil {
			return nil, err
		}
		found = append(found, read...)
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
	found, known := r.facts[name]
	if known {
		return found, nil
	}
	for _, pass := range passes(kind.facts) {
		statement, parameters := r.g.keyed(pass, kind.columns, like, p)
		some, err := scanPass(r.tx, pass, statement, parameters)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	r.facts[name] = found
	return found, nil
}

// scan returns the values that a statement finds, with their days or without. It reads by
// position and into the same places: a year by day is thousands of rows, and to find each
// field by its name took longer than to add them up.
func scan(tx *gorm.DB, byDay bool, statement string, parameters []any) (found []Value, err error) {
	rows, err := tx.Raw(statement, parameters...).Rows()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var v Value
	into := []any{&v.Key, (*string)(&v.Figure), &v.Currency, &v.Units, &v.FirstTouch, &v.LeadCreation, &v.UShaped, &v.WShaped, &v.FullPath, &v.Custom}
	if byDay {
		into = append([]any{&v.Day}, into...)
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, rows.Err()
}
