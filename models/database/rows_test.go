package database_test

import (
	"log/slog"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/models/modeltest"
)

// item is a row with a value of every type that tables have.
type item struct {
	Seq       int64 `gorm:"primaryKey"`
	Order     string
	Kind      kind
	Count     int
	Limit     *int
	Done      bool
	Unique    *bool `gorm:"column:is_unique"`
	At        time.Time
	EndedAt   *time.Time
	Raw       []byte
	Facts     map[string]string `gorm:"serializer:json"`
	Traffic   *facts            `gorm:"serializer:json"`
	Why       facts             `gorm:"serializer:reason"`
	By        facts             `gorm:"embedded;embeddedPrefix:by_"`
	CreatedAt time.Time
}

type kind string

type facts struct {
	Source string `json:"source,omitempty"`
}

var itemMigrations = fstest.MapFS{"00001_items.sql": {Data: []byte(`-- +goose Up
CREATE TABLE items (seq {{serial}}, "order" text NOT NULL, kind text NOT NULL, count bigint NOT NULL, "limit" bigint, done boolean NOT NULL,
	is_unique boolean, at {{timestamp}} NOT NULL, ended_at {{timestamp}}, raw {{bytes}}, facts {{json}}, traffic {{json}}, why text NOT NULL,
	by_source text NOT NULL, created_at {{timestamp}} NOT NULL);
CREATE TABLE notes (id {{id}} PRIMARY KEY, text text NOT NULL UNIQUE, created_at {{timestamp}} NOT NULL);
`)}}

// line is a row with a key of its own.
type line struct {
	ID        string `gorm:"primaryKey"`
	Text      string
	CreatedAt time.Time
}

// TableName returns the name of the table.
func (line) TableName() string { return "notes" }

func eachWithItems(t *testing.T, test func(t *testing.T, db *database.DB)) {
	t.Helper()
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		db := openWith(t, dsn, itemMigrations, slog.DiscardHandler)
		_, err := db.MigrateTo(t.Context(), database.Newest)
		require.NoError(t, err)
		test(t, db)
	})
}

func TestRowsAreInsertedAsByGORM(t *testing.T) {
	t.Parallel()
	eachWithItems(t, func(t *testing.T, db *database.DB) {
		limit, unique, ended := 7, true, modeltest.Start.Add(time.Hour)
		items := []item{
			{Order: "empty"},
			{
				Order: `full "quoted", {braces} \ and é`, Kind: "lead", Count: -3, Limit: &limit, Done: true, Unique: &unique, At: modeltest.Start.Add(999),
				EndedAt: &ended, Raw: []byte{0, 1, 255}, Facts: map[string]string{"a": "b"}, Traffic: &facts{"google"}, Why: facts{"w"}, By: facts{"me"},
				CreatedAt: ended,
			},
			{Order: "empty values", Raw: []byte{}, Facts: map[string]string{}, Traffic: &facts{}},
		}
		session := db.Write(t.Context())
		for _, row := range items {
			require.NoError(t, session.Create(&row).Error)
		}
		require.NoError(t, database.InsertAll(items)(session).Error)
		var stored []item
		require.NoError(t, session.Order("seq").Find(&stored).Error)
		require.Len(t, stored, 6)
		for i, row := range items {
			one, other := stored[i], stored[3+i]
			require.Equal(t, other.Seq, row.Seq, "the id that the database made is set")
			require.Equal(t, other.CreatedAt, row.CreatedAt)
			one.Seq, other.Seq = 0, 0
			require.Equal(t, one, other)
		}
	})
}

func TestG2_OfRowsWithOneKeyTheFirstIsInserted(t *testing.T) {
	t.Parallel()
	eachWithItems(t, func(t *testing.T, db *database.DB) {
		require.NoError(t, db.Write(t.Context()).Create(&line{ID: "1", Text: "known"}).Error)
		var inserted []bool
		require.NoError(t, db.Tx(t.Context(), "inserting", func(tx *gorm.DB) (err error) {
			inserted, err = database.InsertEachOnce(tx, []line{
				{ID: "2", Text: "new"}, {ID: "1", Text: "known id"}, {ID: "3", Text: "known"}, {ID: "4", Text: "new"}, {ID: "2", Text: "again"}, {ID: "5", Text: "last"},
			})
			return err
		}))
		require.Equal(t, []bool{true, false, false, false, false, true}, inserted)
		var texts []string
		require.NoError(t, db.Read(t.Context()).Model(&line{}).Order("id").Pluck("text", &texts).Error)
		require.Equal(t, []string{"known", "new", "last"}, texts)
	})
}

func TestDuplicateKeyIsTranslated(t *testing.T) {
	t.Parallel()
	eachWithItems(t, func(t *testing.T, db *database.DB) {
		err := database.InsertAll([]line{{ID: "1", Text: "a"}, {ID: "1", Text: "b"}})(db.Write(t.Context())).Error
		require.ErrorIs(t, err, gorm.ErrDuplicatedKey)
	})
}

func TestListedRowsAreATable(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ string) {
		rows := [][]string{{"1", `a "quoted" \ text`}, {"2", ""}}
		session := db.Read(t.Context())
		from, value := database.Listed(session, "listed", []string{"number", "words"}, rows)
		var stored []struct{ Number, Words string }
		require.NoError(t, session.Raw("SELECT listed.number, listed.words FROM "+from+" ORDER BY 1", value).Scan(&stored).Error)
		require.Len(t, stored, 2)
		for i, row := range stored {
			require.Equal(t, rows[i][0], row.Number)
			require.Equal(t, rows[i][1], row.Words)
		}
	})
}

func TestRowsOfSeveralTablesAreInsertedTogether(t *testing.T) {
	t.Parallel()
	eachWithItems(t, func(t *testing.T, db *database.DB) {
		lines, one, items := []line{{ID: "1", Text: "a"}, {ID: "2", Text: "b"}}, line{ID: "3", Text: "c"}, []item{{Order: "x"}, {Order: "y"}}
		require.NoError(t, db.Tx(t.Context(), "inserting", func(tx *gorm.DB) error {
			return database.Together(tx, database.InsertAll(lines), database.Insert(&one), database.InsertAll(items))
		}))
		require.Equal(t, []int64{1, 2}, []int64{items[0].Seq, items[1].Seq})
		var texts []string
		require.NoError(t, db.Read(t.Context()).Model(&line{}).Order("id").Pluck("text", &texts).Error)
		require.Equal(t, []string{"a", "b", "c"}, texts)
	})
}
