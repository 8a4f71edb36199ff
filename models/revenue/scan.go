package revenue

import (
	"errors"

	"gorm.io/gorm"
)

// scanRows reads each row of a statement into the same places, and then calls found. It reads
// by position: a year by day is thousands of rows, and to find each field by its name took
// longer than to add them up.
func scanRows(tx *gorm.DB, into []any, found func(), statement string, parameters ...any) (err error) {
	rows, err := tx.Raw(statement, parameters...).Rows()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		found()
	}
	return rows.Err()
}

// scan returns the values that a statement finds, with their days or without.
func scan(tx *gorm.DB, byDay bool, statement string, parameters []any) (found []Value, err error) {
	var v Value
	into := []any{&v.Key, (*string)(&v.Figure), &v.Currency, &v.Units, &v.FirstTouch, &v.LeadCreation, &v.UShaped, &v.WShaped, &v.FullPath, &v.Custom}
	if byDay {
		into = append([]any{&v.Day}, into...)
	}
	err = scanRows(tx, into, func() { found = append(found, v) }, statement, parameters...)
	return found, err
}

// scanPass returns the values that the query of a pass finds. It has one row for all figures,
// and what is read into it is copied to a value for each figure.
func scanPass(tx *gorm.DB, of []fact, statement string, parameters []any) (found []Value, err error) {
	var row Value
	each := make([]Value, len(of))
	into := []any{&row.Day, &row.Key, &row.Currency}
	for i, f := range of {
		for _, name := range f.valued() {
			into = append(into, each[i].column(name))
		}
	}
	err = scanRows(tx, into, func() {
		for i, v := range each {
			v.Day, v.Key, v.Figure = row.Day, row.Key, of[i].figure
			if of[i].currency != "" {
				v.Currency = row.Currency
			}
			if !v.isZero() {
				found = append(found, v)
			}
		}
	}, statement, parameters...)
	return found, err
}
