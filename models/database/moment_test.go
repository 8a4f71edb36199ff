package database_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"ringback/models/database"
)

// spare returns a spare connection, and how often it was taken and freed.
func spare(ok bool) (lend database.Spare, taken, freed *int) {
	taken, freed = new(int), new(int)
	return func() (func(), bool) { *taken++; return func() { *freed++ }, ok }, taken, freed
}

func notes(tx *gorm.DB) (n int64, err error) {
	err = tx.Model(&note{}).Count(&n).Error
	return n, err
}

// TestM8_TwoConnectionsReadOneMoment reads twice at once, after something has been written
// that the moment does not have. Each read waits for the other.
func TestM8_TwoConnectionsReadOneMoment(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, dsn string) {
		if strings.HasPrefix(dsn, "sqlite:") {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		lend, taken, freed := spare(true)
		require.NoError(t, db.ReadMoment(database.WithSpare(database.Viewing(ctx), lend), "reading", func(m *database.Moment) error {
			require.NoError(t, m.Read(func(tx *gorm.DB) error { _, err := notes(tx); return err }))
			require.Zero(t, *taken, "one statement at a time needs one connection")
			require.NoError(t, db.Write(ctx).Create(&note{ID: "later", CreatedAt: db.Now()}).Error)
			var all errgroup.Group
			var both sync.WaitGroup
			var found atomic.Int64
			both.Add(2)
			for range 2 {
				all.Go(func() error {
					return m.Read(func(tx *gorm.DB) error {
						both.Done()
						both.Wait()
						n, err := notes(tx)
						found.Add(n)
						return err
					})
				})
			}
			err := all.Wait()
			require.Zero(t, found.Load())
			return err
		}))
		require.Equal(t, []int{1, 1}, []int{*taken, *freed})
		require.EqualValues(t, 1, count(t, db))
		require.Zero(t, db.Pools(database.Viewers)[0].InUse, "both transactions have ended")
	})
}

// TestG6_AMomentDoesWithoutASecondConnection reads several times at once while no second
// connection is to be had: because there is none to spare, or because others use them.
func TestG6_AMomentDoesWithoutASecondConnection(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ string) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		ctx = database.Viewing(ctx)
		read := func(m *database.Moment) error {
			var all errgroup.Group
			for range 5 {
				all.Go(func() error { return m.Read(func(tx *gorm.DB) error { _, err := notes(tx); return err }) })
			}
			return all.Wait()
		}
		require.NoError(t, db.ReadMoment(ctx, "reading", read))
		refuse, _, freed := spare(false)
		require.NoError(t, db.ReadMoment(database.WithSpare(ctx, refuse), "reading", read))
		require.Zero(t, *freed)

		lend, taken, freed := spare(true)
		var use func(n int) error
		use = func(n int) error { // all connections but one
			if n == 0 {
				return db.ReadMoment(database.WithSpare(ctx, lend), "reading", read)
			}
			return db.ReadTx(ctx, "using one", func(*gorm.DB) error { return use(n - 1) })
		}
		require.NoError(t, use(3))
		require.Equal(t, *taken, *freed)
	})
}

// TestAMomentReturnsTheFirstError checks that what is read after an error ends with its cause.
func TestAMomentReturnsTheFirstError(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ string) {
		first := errors.New("the first")
		err := db.ReadMoment(database.Viewing(t.Context()), "reading", func(m *database.Moment) error {
			require.ErrorIs(t, m.Read(func(*gorm.DB) error { return first }), first)
			return m.Read(func(*gorm.DB) error { return errors.New("the second") })
		})
		require.ErrorIs(t, err, first)
	})
}
