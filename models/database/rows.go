package database

import (
	"context"
	"database/sql/driver"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/schema"
)

// InsertAll returns the change that inserts rows of one table, at least one, and sets the ids
// that the database makes. On PostgreSQL the text of the statement is the same for any number
// of rows, so that it is prepared once, and GORM does nothing for each value: at intake, that
// was most of a process's work.
func InsertAll[Row any](rows []Row) Change { return insertAll(rows, nil) }

// InsertAllOr is InsertAll for rows of a table whose ids are not made by the database. Conflict
// is what happens to those for whose unique keys there are some.
func InsertAllOr[Row any](rows []Row, conflict clause.OnConflict) Change {
	return insertAll(rows, &conflict)
}

func insertAll[Row any](rows []Row, conflict *clause.OnConflict) Change {
	return func(tx *gorm.DB) *gorm.DB {
		if tx.Name() != postgresName && conflict != nil {
			return tx.Clauses(*conflict).Create(&rows)
		}
		if tx.Name() != postgresName {
			return tx.Create(&rows)
		}
		session := tx.Clauses()
		t, err := tableOf[Row](session)
		if err != nil {
			_ = session.AddError(err)
			return session
		}
		next, all := 0, reflect.ValueOf(rows)
		t.insert(session, all, conflict, t.returningID(), func(scan func(...any) error) error {
			var id int64 // rows are inserted, and returned, in their order
			if err := scan(&id); err != nil {
				return err
			}
			next++
			return t.serial.Set(session.Statement.Context, all.Index(next-1), id)
		})
		return session
	}
}

// InsertEachOnce inserts those of several rows whose unique keys are not stored yet, and
// reports which these are. Of rows with the same key it inserts the first. To wait for each
// other's rows without a deadlock, transactions have to insert them in the same order.
func InsertEachOnce[Row any](tx *gorm.DB, rows []Row) (inserted []bool, err error) {
	inserted = make([]bool, len(rows))
	if len(rows) == 0 {
		return inserted, nil
	}
	if tx.Name() != postgresName {
		for i := range rows {
			if inserted[i], err = InsertOnce(tx, &rows[i]); err != nil {
				return nil, err
			}
		}
		return inserted, nil
	}
	session := tx.Clauses()
	t, err := tableOf[Row](session)
	if err != nil {
		return nil, err
	}
	all, keys := reflect.ValueOf(rows), map[string]bool{}
	t.insert(session, all, &doNothing, " RETURNING concat_ws('/', "+strings.Join(t.keys, ", ")+")", func(scan func(...any) error) error {
		var key string
		err := scan(&key)
		keys[key] = true
		return err
	})
	for i := range rows {
		key := t.keyOf(session.Statement.Context, all.Index(i))
		inserted[i] = keys[key]
		delete(keys, key)
	}
	return inserted, session.Error
}

// table is how rows of a type are inserted.
type table struct {
	schema  *schema.Schema
	columns []column
	serial  *schema.Field // the id that the database makes, nil if it makes none
	keys    []string      // the columns of the primary key
	opening string        // the statement before its parameters
	closing string        // and after them
}

type column struct {
	*schema.Field
	array string // the type of SQL that the values of a statement have
}

// tables holds the tables by the types of their rows.
var tables sync.Map

func tableOf[Row any](tx *gorm.DB) (*table, error) {
	kind := reflect.TypeFor[Row]()
	if known, ok := tables.Load(kind); ok {
		return known.(*table), nil
	}
	statement := gorm.Statement{DB: tx}
	if err := statement.Parse(new(Row)); err != nil {
		return nil, fmt.Errorf("reading the columns of %s: %w", kind, err)
	}
	t := &table{schema: statement.Schema, keys: statement.Schema.PrimaryFieldDBNames}
	var names, selected []string
	for _, name := range t.schema.DBNames {
		field := t.schema.FieldsByDBName[name]
		if field.AutoIncrement {
			t.serial = field
			continue
		}
		c, cast := columnOf(field)
		t.columns, name = append(t.columns, c), statement.Quote(name)
		names, selected = append(names, name), append(selected, name+cast)
	}
	list := strings.Join(names, ", ")
	t.opening = fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM unnest(", t.schema.Table, list, strings.Join(selected, ", "))
	t.closing = fmt.Sprintf(") AS new (%s)", list)
	tables.Store(kind, t)
	return t, nil
}

func (t *table) returningID() string {
	if t.serial == nil {
		return ""
	}
	return " RETURNING " + t.serial.DBName
}

// columnOf returns a column, and the cast of its values to the type that it has in the table.
func columnOf(field *schema.Field) (c column, cast string) {
	switch {
	case field.Serializer != nil && field.TagSettings["SERIALIZER"] == "json":
		return column{field, "text"}, "::jsonb"
	case field.Serializer != nil || field.DataType == schema.String:
		return column{field, "text"}, ""
	case field.DataType == schema.Bool:
		return column{field, "boolean"}, ""
	case field.DataType == schema.Time:
		return column{field, "timestamptz"}, ""
	case field.DataType == schema.Bytes:
		return column{field, "bytea"}, ""
	default:
		return column{field, "bigint"}, ""
	}
}

// insert writes and runs a statement with the values of rows, after what is to be before it,
// and calls each with what it returns. An error is that of the session.
func (t *table) insert(session *gorm.DB, rows reflect.Value, conflict *clause.OnConflict, returning string, each func(scan func(...any) error) error) {
	statement := session.Statement
	before, joined := statement.Clauses["INSERT"].BeforeExpression.(with)
	if joined {
		before.Build(statement)
		_ = statement.WriteByte(' ')
	}
	_, _ = statement.WriteString(t.opening)
	if err := t.list(session, t.columns, rows); err != nil {
		_ = session.AddError(err)
		return
	}
	_, _ = statement.WriteString(t.closing)
	if before.given != "" {
		_, _ = statement.WriteString(" WHERE " + before.given)
	}
	if conflict != nil {
		_, _ = statement.WriteString(" ON CONFLICT ")
		conflict.Build(statement)
	}
	if session.DryRun {
		return
	}
	_, _ = statement.WriteString(returning)
	run(session, rows.Len(), each)
}

// list writes the values of rows in some columns as the parameters of unnest.
func (t *table) list(session *gorm.DB, columns []column, rows reflect.Value) error {
	statement := session.Statement
	for i, c := range columns {
		values, err := c.values(statement.Context, session.NowFunc, rows)
		if err != nil {
			return fmt.Errorf("encoding %s: %w", c.DBName, err)
		}
		if i > 0 {
			_, _ = statement.WriteString(", ")
		}
		statement.Vars = append(statement.Vars, values)
		_, _ = statement.WriteString("$" + strconv.Itoa(len(statement.Vars)) + "::" + c.array + "[]")
	}
	return nil
}

// keyOf returns the primary key of a row, as the statement of InsertEachOnce returns it.
func (t *table) keyOf(ctx context.Context, row reflect.Value) string {
	parts := make([]string, len(t.keys))
	for i, name := range t.keys {
		parts[i] = fmt.Sprint(t.schema.FieldsByDBName[name].ReflectValueOf(ctx, row).Interface())
	}
	return strings.Join(parts, "/")
}

// values returns the values of the column in rows, as pgx encodes them. Like GORM, it sets
// times of creation that are not set.
func (c column) values(ctx context.Context, now func() time.Time, rows reflect.Value) (any, error) {
	if c.Serializer != nil {
		return c.serialized(ctx, rows)
	}
	switch c.array {
	case "text":
		return valuesOf(ctx, c.Field, rows, reflect.Value.String), nil
	case "boolean":
		return valuesOf(ctx, c.Field, rows, reflect.Value.Bool), nil
	case "bytea":
		return valuesOf(ctx, c.Field, rows, reflect.Value.Bytes), nil
	case "timestamptz":
		return valuesOf(ctx, c.Field, rows, func(v reflect.Value) time.Time {
			at := v.Interface().(time.Time)
			if c.AutoCreateTime > 0 && at.IsZero() {
				at = now()
				v.Set(reflect.ValueOf(at))
			}
			return Timestamp(at)
		}), nil
	default:
		return valuesOf(ctx, c.Field, rows, reflect.Value.Int), nil
	}
}

func valuesOf[T any](ctx context.Context, field *schema.Field, rows reflect.Value, read func(reflect.Value) T) any {
	if field.FieldType.Kind() != reflect.Pointer {
		values := make([]T, rows.Len())
		for i := range values {
			values[i] = read(field.ReflectValueOf(ctx, rows.Index(i)))
		}
		return values
	}
	values := make([]*T, rows.Len())
	for i := range values {
		if v := field.ReflectValueOf(ctx, rows.Index(i)); !v.IsNil() {
			value := read(v.Elem())
			values[i] = &value
		}
	}
	return values
}

// serialized returns the values of a column that a serializer of GORM encodes.
func (c column) serialized(ctx context.Context, rows reflect.Value) (any, error) {
	values := make([]*string, rows.Len())
	for i := range values {
		encoder, _ := c.ValueOf(ctx, rows.Index(i))
		encoded, err := encoder.(driver.Valuer).Value()
		if err != nil {
			return nil, err //nolint:wrapcheck // the caller names the column
		}
		if text, ok := encoded.(string); ok {
			values[i] = &text
		}
	}
	return values, nil
}
