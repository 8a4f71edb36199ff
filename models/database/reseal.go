package database

import (
	"log/slog"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// ResealableRow is a row whose sealed columns can be sealed again.
type ResealableRow interface {
	SealedRow
	// Seals returns what is known of the sealed columns after the row was read.
	Seals() SealedColumns
}

// SealedColumns are the sealed columns of a row.
type SealedColumns struct {
	Of       string          // names the row in the log
	Readable map[string]bool // whether a key opens the column, by its name; empty columns are readable
}

// Resealed counts rows with sealed columns.
type Resealed struct {
	Sealed     int // sealed with the primary key now
	Unreadable int // opened by no key, left as they are
}

// Plus returns the sum of two counts.
func (r Resealed) Plus(other Resealed) Resealed {
	return Resealed{Sealed: r.Sealed + other.Sealed, Unreadable: r.Unreadable + other.Unreadable}
}

// Reseal seals the columns of one table again, with the primary key. What no key opens
// is logged and stays as it is.
func Reseal[Row any, P interface {
	*Row
	ResealableRow
}](tx *gorm.DB, log *slog.Logger) (Resealed, error) {
	columns := slices.Sorted(maps.Keys(P(new(Row)).Seals().Readable))
	var rows []Row
	if err := Locked(tx).Where(strings.Join(columns, " IS NOT NULL OR ") + " IS NOT NULL").Find(&rows).Error; err != nil {
		return Resealed{}, err
	}
	var count Resealed
	for i := range rows {
		sealed := P(&rows[i]).Seals()
		readable := slices.DeleteFunc(slices.Clone(columns), func(column string) bool { return !sealed.Readable[column] })
		if len(readable) < len(columns) {
			log.LogAttrs(tx.Statement.Context, slog.LevelWarn, "credentials.unreadable", slog.String("of", sealed.Of))
			count.Unreadable++
		} else {
			count.Sealed++
		}
		if len(readable) == 0 {
			continue
		}
		if err := tx.Model(&rows[i]).Select(readable).UpdateColumns(&rows[i]).Error; err != nil {
			return Resealed{}, err
		}
	}
	return count, nil
}
