package database_test

import (
	"log/slog"
	"maps"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/fault"
	"ringback/models/database"
	"ringback/models/modeltest"
)

// entry is a row that gets its number from the database.
type entry struct {
	Seq  int64 `gorm:"primaryKey"`
	Note string
}

func (entry) TableName() string { return "entries" }

var withEntries = fstest.MapFS{
	"00003_entries.sql": {Data: []byte("-- +goose Up\nCREATE TABLE entries (seq {{serial}}, note {{id}} NOT NULL REFERENCES notes (id));\n")},
}

// eachWithEntries is each for a database that has entries, too, and two notes.
func eachWithEntries(t *testing.T, test func(t *testing.T, db *database.DB, tx *gorm.DB)) {
	t.Helper()
	schema := maps.Clone(migrations)
	maps.Copy(schema, withEntries)
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		db := openWith(t, dsn, schema, slog.DiscardHandler)
		_, err := db.MigrateTo(t.Context(), database.Newest)
		require.NoError(t, err)
		tx := db.Write(t.Context())
		require.NoError(t, tx.Create(&[]note{{ID: "1", Text: "before"}, {ID: "2", Text: "kept"}}).Error)
		test(t, db, tx)
	})
}

func TestChangesAreMadeTogether(t *testing.T) {
	t.Parallel()
	eachWithEntries(t, func(t *testing.T, db *database.DB, tx *gorm.DB) {
		secret, last := map[string]string{"secret": "whsec_example"}, entry{Note: "4"}
		require.NoError(t, database.Together(tx,
			func(tx *gorm.DB) *gorm.DB { return tx.Model(&note{}).Where("id = ?", "1").Update("text", "after?") },
			database.Insert(&[]note{{ID: "3", Text: "a $1 b ? @c", Credentials: secret}, {ID: "4"}}),
			database.InsertNew(&note{ID: "2", Text: "other"}),
			database.Insert(&last)))
		require.Equal(t, int64(1), last.Seq)
		alone := entry{Note: "3"}
		require.NoError(t, database.Together(tx, database.Insert(&alone)))
		require.Equal(t, int64(2), alone.Seq)

		err := db.Tx(t.Context(), "writing", func(tx *gorm.DB) error {
			return database.Together(tx, database.Insert(&note{ID: "5"}), database.Insert(&note{ID: "4"}))
		})
		require.Equal(t, fault.Conflict, fault.CodeOf(err))

		var notes []note
		require.NoError(t, tx.Order("id").Find(&notes).Error)
		require.Equal(t, []note{
			{ID: "1", Text: "after?", CreatedAt: modeltest.Start},
			{ID: "2", Text: "kept", CreatedAt: modeltest.Start},
			{ID: "3", Text: "a $1 b ? @c", Credentials: secret, CreatedAt: modeltest.Start},
			{ID: "4", CreatedAt: modeltest.Start},
		}, notes)
	})
}

func TestQueriesAreJoined(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ string) {
		require.NoError(t, db.Write(t.Context()).Create(&[]note{{ID: "1", Text: "a"}, {ID: "2", Text: "b"}, {ID: "3", Text: "c"}}).Error)
		of := func(texts ...string) database.Query { return database.Q("SELECT id FROM notes WHERE text IN ?", texts) }
		both := database.Joined("UNION", of("a"), of("b", "c"))
		var first, all []string
		require.NoError(t, both.And("ORDER BY id LIMIT ?", 1).Scan(db.Read(t.Context()), &first))
		require.NoError(t, both.And("ORDER BY id LIMIT ?", 3).Scan(db.Read(t.Context()), &all))
		require.Equal(t, []string{"1"}, first)
		require.Equal(t, []string{"1", "2", "3"}, all)
	})
}

// plain is a note without secrets.
type plain struct {
	ID, Text  string
	CreatedAt time.Time
}

func (plain) TableName() string { return "notes" }

func TestChangesFollowFromAnother(t *testing.T) {
	t.Parallel()
	eachWithEntries(t, func(t *testing.T, db *database.DB, tx *gorm.DB) {
		rename := func(id, from, to string) database.Change {
			return func(tx *gorm.DB) *gorm.DB {
				return tx.Model(&note{}).Where("id = ? AND text = ?", id, from).Update("text", to)
			}
		}
		follow := func(first database.Change, id string) (bool, error) {
			return db.IfChanged(t.Context(), "changing", first, rename("2", "kept", "changed by "+id),
				database.InsertAllOr([]plain{{ID: id, Text: "new"}, {ID: "1", Text: "other"}}, clause.OnConflict{DoNothing: true}),
				database.InsertAll([]entry{{Note: "1"}, {Note: "2"}}))
		}
		changed, err := follow(rename("1", "none", "after"), "3")
		require.NoError(t, err)
		require.False(t, changed)
		changed, err = follow(rename("1", "before", "after"), "4")
		require.NoError(t, err)
		require.True(t, changed)
		changed, err = db.IfChanged(t.Context(), "changing", rename("1", "after", "undone"), database.InsertAll([]plain{{ID: "4"}}))
		require.Equal(t, fault.Conflict, fault.CodeOf(err))
		require.False(t, changed)

		var notes []note
		var entries []entry
		require.NoError(t, tx.Order("id").Find(&notes).Error)
		require.NoError(t, tx.Order("seq").Find(&entries).Error)
		require.Equal(t, []note{
			{ID: "1", Text: "after", CreatedAt: modeltest.Start},
			{ID: "2", Text: "changed by 4", CreatedAt: modeltest.Start},
			{ID: "4", Text: "new", CreatedAt: modeltest.Start},
		}, notes)
		require.Equal(t, []string{"1", "2"}, []string{entries[0].Note, entries[1].Note})
	})
}

func TestOnlyWhatHasAConditionFollows(t *testing.T) {
	t.Parallel()
	db := openWith(t, modeltest.PostgresDSN(t), migrations, slog.DiscardHandler)
	_, err := db.MigrateTo(t.Context(), database.Newest)
	require.NoError(t, err)
	_, err = db.IfChanged(t.Context(), "changing", func(tx *gorm.DB) *gorm.DB {
		return tx.Model(&note{}).Where("id = ?", "1").Update("text", "after")
	}, database.Insert(&note{ID: "2"}))
	require.ErrorContains(t, err, "without its condition")
}
