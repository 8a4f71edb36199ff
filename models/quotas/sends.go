package quotas

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/internal/delivery"
	"ringback/models/database"
)

// keepDays is for how many days the sends of an account stay counted.
const keepDays = 31

// largestBlock is how many sends are reserved at most at a time, so that few sends
// write to the database. What a process has reserved and not used when it ends is lost
// until the next day: at most a two-hundredth of the limit.
const (
	largestBlock   = 500
	blocksPerLimit = 200
)

// sendsRow counts the sends of an account on a day.
type sendsRow struct {
	AccountID string `gorm:"primaryKey"`
	Day       string `gorm:"primaryKey"` // 2006-01-02, in UTC
	Sent      int
}

// TableName returns the name of the table.
func (sendsRow) TableName() string { return "account_sends" }

// Reservation is how many sends of a day a process may make.
type Reservation struct {
	Granted int       // zero if the account has used up the sends of the day
	Limit   int       // of the account and day; zero means no limit
	Ends    time.Time // the end of the day
}

// dayOf returns the name of the day of a time, and its end.
func dayOf(at time.Time) (day string, ends time.Time) {
	start := at.UTC().Truncate(24 * time.Hour)
	return start.Format(time.DateOnly), start.Add(24 * time.Hour)
}

// ReserveSends reserves sends of the current day for an account: a block of them, or one
// if only one is wanted.
func (q *Quotas) ReserveSends(ctx context.Context, accountID string, onlyOne bool) (Reservation, error) {
	day, ends := dayOf(q.db.Now())
	reserved := Reservation{Ends: ends}
	err := q.db.Tx(ctx, "reserving sends", func(tx *gorm.DB) error {
		limits, err := q.LimitsIn(tx, accountID)
		if err != nil {
			return err
		}
		reserved.Limit = limits.Of(SendsPerDay)
		row := sendsRow{AccountID: accountID, Day: day}
		fresh, err := database.InsertOnce(tx, &row)
		if err != nil {
			return err
		}
		if fresh {
			oldest, _ := dayOf(q.db.Now().AddDate(0, 0, -keepDays))
			if err := tx.Where("account_id = ? AND day < ?", accountID, oldest).Delete(&sendsRow{}).Error; err != nil {
				return err
			}
		}
		if err := database.Locked(tx).Where("account_id = ? AND day = ?", accountID, day).Take(&row).Error; err != nil {
			return err
		}
		if reserved.Granted = block(reserved.Limit, row.Sent, onlyOne); reserved.Granted == 0 {
			return nil
		}
		return tx.Model(&row).UpdateColumn("sent", gorm.Expr("sent + ?", reserved.Granted)).Error
	})
	return reserved, err
}

// block returns how many sends are reserved at once.
func block(limit, sent int, onlyOne bool) int {
	size := largestBlock
	if limit > 0 {
		size = min(largestBlock, max(1, limit/blocksPerLimit), max(0, limit-sent))
	}
	if onlyOne {
		return min(1, size)
	}
	return size
}

// ReserveDay implements delivery.DayStore.
func (q *Quotas) ReserveDay(ctx context.Context, accountID string) (granted int, day delivery.Day, err error) {
	reserved, err := q.ReserveSends(ctx, accountID, false)
	return reserved.Granted, delivery.Day{Limit: reserved.Limit, Ends: reserved.Ends}, err
}
