package erasing

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
)

// Dated is what sites keep for a time: the rows of a table that belong to sites, by the column
// of their time.
type Dated struct {
	Table, At string
	Where     string // which of the rows, in SQL; all if it is empty
}

// Due returns which sites have rows from before a time of theirs. It asks for all sites that
// have the same time at once, because most have none.
func (d Dated) Due(db *gorm.DB, before map[string]time.Time) (due map[string]bool, err error) {
	sites := map[time.Time][]string{}
	for site, at := range before {
		sites[at.UTC()] = append(sites[at.UTC()], site)
	}
	of := "site_id = sites.id"
	if d.Where != "" {
		of += " AND " + d.Where
	}
	due = map[string]bool{}
	for at, all := range sites {
		for some := range slices.Chunk(all, database.InsertBatch) {
			var found []string
			err := db.Table("sites").Where("id IN ?", some).
				Where("(SELECT "+d.At+" FROM "+d.Table+" WHERE "+of+" ORDER BY "+d.At+" LIMIT 1) < ?", at).Pluck("id", &found).Error
			if err != nil {
				return nil, err
			}
			for _, site := range found {
				due[site] = true
			}
		}
	}
	return due, nil
}
