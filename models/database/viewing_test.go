package database_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/models/database"
)

// TestG6_ViewersHoldUpNoIntake checks that what is accepted and delivered does not wait
// while viewers use all of their connections.
func TestG6_ViewersHoldUpNoIntake(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ string) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		release, ended, looking := make(chan struct{}), make(chan error), make(chan struct{})
		const viewers = 4
		for range viewers {
			go func() {
				ended <- db.ReadTx(database.Viewing(ctx), "looking", func(tx *gorm.DB) error {
					looking <- struct{}{}
					<-release
					return nil
				})
			}()
		}
		for range viewers {
			<-looking
		}
		require.NoError(t, db.Write(ctx).Create(&note{ID: "n1", Text: "accepted", CreatedAt: db.Now()}).Error)
		var n int64
		require.NoError(t, db.Read(ctx).Model(&note{}).Count(&n).Error)
		require.EqualValues(t, 1, n)

		impatient, stop := context.WithTimeout(database.Viewing(ctx), 20*time.Millisecond)
		defer stop()
		require.ErrorIs(t, db.Read(impatient).Model(&note{}).Count(&n).Error, context.DeadlineExceeded, "one more viewer waits")
		close(release)
		for range viewers {
			require.NoError(t, <-ended)
		}
	})
}

// TestG6_NoPurposeUsesTheConnectionsOfAnother checks that each purpose has connections while
// another one uses all of its own. On SQLite all share the one that writes.
func TestG6_NoPurposeUsesTheConnectionsOfAnother(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, dsn string) {
		purposes := []database.Purpose{database.Intake, database.Relay, database.Workers, database.Viewers}
		if strings.HasPrefix(dsn, "sqlite:") {
			require.Len(t, db.Pools(purposes...), 2, "viewers have connections beside the others")
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for _, busy := range purposes {
			release, ended, using := make(chan struct{}), make(chan error), make(chan struct{})
			const most = 4
			for range most {
				go func() {
					ended <- db.ReadTx(database.For(ctx, busy), "using all", func(*gorm.DB) error {
						using <- struct{}{}
						<-release
						return nil
					})
				}()
			}
			for range most {
				<-using
			}
			require.Equal(t, []database.Pool{{Purpose: busy, DBStats: sql.DBStats{MaxOpenConnections: most, OpenConnections: most, InUse: most}}}, withoutWaits(db.Pools(busy)))
			for _, other := range purposes {
				if other != busy {
					var n int64
					require.NoError(t, db.Read(database.For(ctx, other)).Model(&note{}).Count(&n).Error, "%s while %s is busy", other, busy)
				}
			}
			close(release)
			for range most {
				require.NoError(t, <-ended)
			}
		}
	})
}

// TestG6_WhatCanBeDoneLaterLeavesConnectionsToOthers has a piece of work wait until others leave
// a place. Meanwhile a decision begins at once.
func TestG6_WhatCanBeDoneLaterLeavesConnectionsToOthers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, dsn string) {
		if strings.HasPrefix(dsn, "sqlite:") {
			return // it has one connection that writes
		}
		ctx, cancel := context.WithTimeout(database.For(t.Context(), database.Workers), time.Minute)
		defer cancel()
		const pieces = 6 // more than there are connections
		began, release, ended := make(chan struct{}, pieces), make(chan struct{}), make(chan error, pieces)
		for range pieces {
			go func() {
				ended <- db.Tx(database.Later(ctx), "computing", func(*gorm.DB) error {
					began <- struct{}{}
					<-release
					return nil
				})
			}()
		}
		<-began
		for range 3 {
			require.NoError(t, db.Tx(ctx, "deciding", func(*gorm.DB) error { return nil }))
		}
		require.Empty(t, began, "one of four connections is for what can be done later")
		gone, leave := context.WithCancel(database.Later(ctx))
		leave()
		require.ErrorIs(t, db.Tx(gone, "computing", func(*gorm.DB) error { return nil }), context.Canceled)
		close(release)
		for range pieces {
			require.NoError(t, <-ended)
		}
	})
}

func withoutWaits(pools []database.Pool) []database.Pool {
	for i := range pools {
		pools[i].WaitCount, pools[i].WaitDuration = 0, 0
	}
	return pools
}

// TestG6_LongQueriesOfViewersEnd checks that a query which takes too long is ended, and
// that its statement and its connection can be used again. SQLite's driver ends a query
// only between two rows.
func TestG6_LongQueriesOfViewersEnd(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, dsn string) {
		if strings.HasPrefix(dsn, "sqlite:") {
			return
		}
		const endless = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT 1 FROM c) SELECT count(*) FROM c"
		ctx := database.Viewing(t.Context())
		var n int64
		err := db.WrapErr("looking", db.Read(ctx).Raw(endless).Scan(&n).Error)
		require.Equal(t, fault.Unavailable, fault.CodeOf(err), err)
		query := db.Read(ctx).Model(&note{}).Where("text <> ?", "")
		var notes []note
		require.NoError(t, query.Find(&notes).Error)
		require.NoError(t, query.Count(&n).Error, "each query has the whole time")
	})
}
