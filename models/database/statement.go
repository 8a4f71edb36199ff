package database

import (
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Change is one statement that changes rows.
type Change func(tx *gorm.DB) *gorm.DB

// Insert returns the change that inserts a row, or several rows of a table.
func Insert(rows any) Change {
	return func(tx *gorm.DB) *gorm.DB { return tx.Create(rows) }
}

// InsertNew is Insert for rows that are left out if there are some with their unique keys.
func InsertNew(rows any) Change {
	return func(tx *gorm.DB) *gorm.DB { return tx.Clauses(doNothing).Create(rows) }
}

var doNothing = clause.OnConflict{DoNothing: true}

// Together makes changes of different rows, none of which depends on what another one finds
// or returns. PostgreSQL gets them as one statement, because each costs a round trip. The last
// one has to insert rows, and what the database sets in these is read back.
func Together(tx *gorm.DB, changes ...Change) error {
	if tx.Name() != postgresName || len(changes) == 1 {
		return oneByOne(tx, changes)
	}
	var others with
	last := len(changes) - 1
	for n, change := range changes[:last] {
		if err := others.add(tx, n, change); err != nil {
			return err
		}
	}
	return changes[last](others.before(tx)).Error
}

func oneByOne(tx *gorm.DB, changes []Change) error {
	for _, change := range changes {
		if err := change(tx).Error; err != nil {
			return err
		}
	}
	return nil
}

// with is the beginning of a statement, with the changes that it makes beside its own.
type with struct {
	sql  string
	vars []any
}

// add adds the n-th change, which is written and not executed.
func (w *with) add(tx *gorm.DB, n int, change Change) error {
	opening := ", "
	if n == 0 {
		opening = "WITH "
	}
	w.sql += fmt.Sprintf("%schange_%d AS (", opening, n+1)
	written := w.before(tx.Session(&gorm.Session{DryRun: true}))
	if err := change(written).Error; err != nil {
		return err
	}
	w.sql, w.vars = written.Statement.SQL.String()+")", written.Statement.Vars
	return nil
}

// before returns a session for one change, which is written after what there is.
func (w *with) before(tx *gorm.DB) *gorm.DB {
	session := tx.Clauses()
	for _, verb := range []string{"INSERT", "UPDATE"} {
		session.Statement.Clauses[verb] = clause.Clause{BeforeExpression: *w}
	}
	return session
}

// Build implements clause.Expression.
func (w with) Build(builder clause.Builder) {
	statement, _ := builder.(*gorm.Statement)
	_, _ = statement.WriteString(w.sql)
	statement.Vars = append(statement.Vars, w.vars...)
}

// Query is the text of a query with its values. Queries that run for every call and lead are
// written so: to have GORM build one that has others in it costs more than to run it.
type Query struct {
	Text   string
	Values []any
}

// Q returns a query.
func Q(text string, values ...any) Query { return Query{Text: text, Values: values} }

// Joined returns the queries with a word between them, such as UNION.
func Joined(word string, queries ...Query) (joined Query) {
	texts := make([]string, len(queries))
	for i, q := range queries {
		texts[i] = q.Text
		joined.Values = append(joined.Values, q.Values...)
	}
	joined.Text = strings.Join(texts, " "+word+" ")
	return joined
}

// And returns the query with more at its end.
func (q Query) And(text string, values ...any) Query {
	return Query{Text: q.Text + " " + text, Values: append(q.Values[:len(q.Values):len(q.Values)], values...)}
}

// Scan runs the query and reads its rows.
func (q Query) Scan(db *gorm.DB, rows any) error { return db.Raw(q.Text, q.Values...).Scan(rows).Error }
