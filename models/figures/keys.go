package figures

import (
	"context"

	"gorm.io/gorm"
)

// Key is a key of a dimension, with how many calls and leads have it.
type Key struct {
	Values []string
	Count  int64
}

// Keys returns the first keys of each query in its order. Each query has an order and a
// limit. It reads less than Counts, which reads all counts of each key.
func (f *Figures) Keys(ctx context.Context, accountID, siteID string, queries ...Query) ([][]Key, error) {
	found := make([][]Key, len(queries))
	err := f.db.ReportTx(ctx, "reading what was counted", func(tx *gorm.DB) error {
		s, err := serving(tx, accountID, siteID)
		if err != nil {
			return err
		}
		for i, q := range queries {
			divided, err := f.parts(tx, s, q)
			if err != nil {
				return err
			}
			first, err := firstKeys(tx, s, q, divided)
			if err != nil {
				return err
			}
			for _, k := range first {
				found[i] = append(found[i], Key{Row{Key: k.Key}.Values(), k.Count})
			}
		}
		return nil
	})
	return found, err
}
