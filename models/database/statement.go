package database

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
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
	for _, change := range changes[:last] {
		if err := others.add(tx, change, ""); err != nil {
			return err
		}
	}
	return changes[last](others.before(tx)).Error
}

// IfChanged makes one change and, if that changes a row, others that follow from it. It reports
// whether it did. All are stored, or none is. Rows are to be inserted by InsertAll and
// InsertAllOr. PostgreSQL gets one statement, which needs no transaction around it: to begin and
// end one costs as many messages as the changes.
func (db *DB) IfChanged(ctx context.Context, doing string, change Change, others ...Change) (changed bool, err error) {
	tx := db.Write(ctx)
	if tx.Name() == postgresName {
		changed, err = ifChanged(tx, change, others)
		if !isSerializationFailure(err) {
			return changed, db.WrapErr(doing, err)
		}
		// By default, the transactions of the role are isolated more strictly than those of Tx.
	}
	err = db.Tx(ctx, doing, func(tx *gorm.DB) error {
		first := change(tx)
		if changed = first.RowsAffected > 0; first.Error != nil || !changed {
			return first.Error
		}
		return oneByOne(tx, others)
	})
	return changed && err == nil, err
}

func ifChanged(tx *gorm.DB, change Change, others []Change) (changed bool, err error) {
	var all with
	if err := all.add(tx, change, " RETURNING 1"); err != nil {
		return false, err
	}
	all.given = "EXISTS (SELECT 1 FROM change_1)"
	for _, other := range others {
		before := len(all.sql)
		if err := all.add(tx, other, ""); err != nil {
			return false, err
		}
		if !strings.Contains(all.sql[before:], all.given) {
			return false, errors.New("a change was written without its condition")
		}
	}
	session := tx.Clauses()
	session.Statement.Vars = all.vars
	_, _ = session.Statement.WriteString(all.sql + " SELECT " + all.given)
	run(session, 1, func(scan func(...any) error) error { return scan(&changed) })
	return changed, session.Error
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
	sql   string
	vars  []any
	count int    // of the changes
	given string // the condition of those that are added, if not empty
}

// add adds a change, which is written and not executed, with something at its end.
func (w *with) add(tx *gorm.DB, change Change, end string) error {
	opening := ", "
	if w.count == 0 {
		opening = "WITH "
	}
	w.count++
	w.sql += fmt.Sprintf("%schange_%d AS (", opening, w.count)
	written := w.before(tx.Session(&gorm.Session{DryRun: true}))
	if err := change(written).Error; err != nil {
		return err
	}
	w.sql, w.vars = written.Statement.SQL.String()+end+")", written.Statement.Vars
	return nil
}

// before returns a session for one change, which is written after what there is.
func (w *with) before(tx *gorm.DB) *gorm.DB {
	session := tx.Clauses()
	if w.given != "" {
		session = session.Where(w.given)
	}
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

// run runs the statement that a session has, which changes so many rows, and calls each with
// those that it returns. An error is that of the session.
func run(session *gorm.DB, changed int, each func(scan func(...any) error) error) {
	began := session.NowFunc()
	if log, ok := session.Logger.(statementLog); ok {
		began = log.clock.Now()
	}
	if err := scanEach(session, each); err != nil {
		_ = session.AddError(err)
	}
	session.RowsAffected = int64(changed)
	session.Logger.Trace(session.Statement.Context, began, func() (string, int64) { return session.Statement.SQL.String(), session.RowsAffected }, session.Error)
}

func scanEach(session *gorm.DB, each func(scan func(...any) error) error) error {
	statement := session.Statement
	rows, err := statement.ConnPool.QueryContext(statement.Context, statement.SQL.String(), statement.Vars...)
	if err != nil {
		return err //nolint:wrapcheck // callers wrap what sessions return
	}
	defer func() { _ = rows.Close() }() // what it returns was returned by Err
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err() //nolint:wrapcheck // callers wrap what sessions return
}

// UpdateEach stores some columns of each of several rows with one column as their key, which
// must exist. PostgreSQL gets them as one statement.
func UpdateEach[Row any](tx *gorm.DB, rows []Row, names ...string) error {
	if tx.Name() != postgresName || len(rows) == 1 {
		for i := range rows {
			if err := tx.Select(names).UpdateColumns(&rows[i]).Error; err != nil {
				return err
			}
		}
		return nil
	}
	session := tx.Clauses()
	t, err := tableOf[Row](session)
	if err != nil {
		return err
	}
	key := t.keys[0]
	var listed, set []string
	var columns []column
	for _, c := range t.columns {
		if c.DBName == key || slices.Contains(names, c.DBName) {
			columns, listed = append(columns, c), append(listed, session.Statement.Quote(c.DBName))
		}
	}
	for _, name := range names {
		name = session.Statement.Quote(name)
		set = append(set, name+" = new."+name)
	}
	_, _ = fmt.Fprintf(&session.Statement.SQL, "UPDATE %s SET %s FROM unnest(", t.schema.Table, strings.Join(set, ", "))
	if err := t.list(session, columns, reflect.ValueOf(rows)); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(&session.Statement.SQL, ") AS new (%s) WHERE %s.%s = new.%s", strings.Join(listed, ", "), t.schema.Table, key, key)
	run(session, len(rows), func(func(...any) error) error { return nil })
	return session.Error
}

// Listed returns rows of texts as a table of a statement, with its value. The text of the
// statement is the same for any number of rows.
func Listed(tx *gorm.DB, name string, columns []string, rows [][]string) (from string, value string) {
	elements, get := "json_array_elements(?::json)", "value->>%d AS %s"
	if tx.Name() != postgresName {
		elements, get = "json_each(?)", "json_extract(value, '$[%d]') AS %s"
	}
	selected := make([]string, len(columns))
	for i, column := range columns {
		selected[i] = fmt.Sprintf(get, i, column)
	}
	encoded, _ := json.Marshal(rows) // texts always marshal
	return fmt.Sprintf("(SELECT %s FROM %s) AS %s", strings.Join(selected, ", "), elements, name), string(encoded)
}
