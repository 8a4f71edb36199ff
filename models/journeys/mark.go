package journeys

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/internal/backoff"
	"ringback/models/database"
	"ringback/models/journeys/graph"
)

// MarkKind is the kind of thing that a mark refers to.
type MarkKind string

// The kinds, with what Ref is.
const (
	MarkConversion           = MarkKind(graph.KindConversion) // the id of a call or lead
	MarkVisitor              = MarkKind(graph.KindVisitor)    // the id of a visitor
	MarkContact              = MarkKind(graph.KindContact)    // a key of package identity: a phone number or an e-mail address
	MarkBrowser              = MarkKind(graph.KindBrowser)    // a BizibleId
	MarkPerson               = MarkKind(graph.KindPerson)     // the owner's id of a person of the CRM
	MarkTask                 = MarkKind(graph.KindTask)       // the id of a Task
	MarkOpportunity MarkKind = "opportunity"                  // the id of an opportunity
	MarkAccount     MarkKind = "account"                      // the owner's id of an account
	MarkSite        MarkKind = "site"                         // empty, for the whole site by its rules and time zone as they are now
)

// ComputedKinds returns the kinds of the marks from which touchpoints and credit are
// computed.
func ComputedKinds() []MarkKind {
	return []MarkKind{
		MarkConversion, MarkVisitor, MarkContact, MarkBrowser, MarkPerson, MarkTask, MarkOpportunity, MarkAccount, MarkSite,
	}
}

// Mark is one thing that has changed. The same thing may be marked any number of times.
type Mark struct {
	Seq       int64 `gorm:"primaryKey"`
	SiteID    string
	Kind      MarkKind
	Ref       string
	Failures  int        // how often it could not be computed, in a row
	DueAt     *time.Time // when it is tried again, nil if at once
	CreatedAt time.Time
}

// TableName returns the name of the table.
func (Mark) TableName() string { return "journey_marks" }

// retries is when a mark that cannot be computed is tried again.
var retries = backoff.Doubling{First: 30 * time.Second, Max: time.Hour}

// dueMarks returns a query for the marks of a site that are to be computed now, in order.
func dueMarks(tx *gorm.DB, siteID string) *gorm.DB {
	return Due(tx, tx.NowFunc()).Where("site_id = ?", siteID).Order("seq")
}

// Due returns a query for the marks of all sites that are to be computed now.
func Due(db *gorm.DB, now time.Time) *gorm.DB {
	return db.Model(&Mark{}).Where("kind IN ? AND (due_at IS NULL OR due_at <= ?)", ComputedKinds(), now)
}

// markBatch is how many marks one statement inserts.
const markBatch = 200

// markOf returns the mark of a node.
func markOf(n graph.Node) Mark { return Mark{Kind: MarkKind(n.Kind()), Ref: n.Ref()} }

// node returns the node of what is marked.
func (m Mark) node() graph.Node { return graph.NodeOf(graph.Kind(m.Kind), m.Ref) }

// AddMarks stores marks of a site. It belongs into the transaction that stores the
// change. Marks without a Ref are left out, except for that of the whole site.
func AddMarks(tx *gorm.DB, siteID string, marks ...Mark) error {
	rows := make([]Mark, 0, len(marks))
	for _, m := range marks {
		if m.Ref != "" || m.Kind == MarkSite {
			rows = append(rows, Mark{SiteID: siteID, Kind: m.Kind, Ref: m.Ref, CreatedAt: tx.NowFunc()})
		}
	}
	for batch := range slices.Chunk(rows, markBatch) {
		if err := database.Together(tx, database.InsertAll(batch)); err != nil {
			return fmt.Errorf("marking what has changed: %w", err)
		}
	}
	return nil
}

// MarkingConversions returns the change that marks calls and leads, by their ids with the site
// of each.
func MarkingConversions(siteOf map[string]string) database.Change {
	rows := make([]Mark, 0, len(siteOf))
	for _, id := range slices.Sorted(maps.Keys(siteOf)) {
		rows = append(rows, Mark{SiteID: siteOf[id], Kind: MarkConversion, Ref: id})
	}
	return database.InsertAll(rows)
}

// Marks returns up to limit marks of these kinds, the oldest first. They stay until they
// are passed to MarksDone. What is marked meanwhile has a mark of its own.
func (j *Journeys) Marks(ctx context.Context, limit int, kinds ...MarkKind) ([]Mark, error) {
	var marks []Mark
	err := j.db.Read(ctx).Where("kind IN ?", kinds).Order("seq").Limit(limit).Find(&marks).Error
	return marks, j.db.WrapErr("reading what has changed", err)
}

// MarksDone removes marks. What follows from them has to be stored before.
func (j *Journeys) MarksDone(ctx context.Context, marks []Mark) error {
	return j.db.Tx(ctx, "removing marks", func(tx *gorm.DB) error { return removeMarks(tx, marks) })
}

func removeMarks(tx *gorm.DB, marks []Mark) error {
	for start := 0; start < len(marks); start += markBatch {
		var seqs []int64
		for _, m := range marks[start:min(start+markBatch, len(marks))] {
			seqs = append(seqs, m.Seq)
		}
		if err := tx.Where("seq IN ?", seqs).Delete(&Mark{}).Error; err != nil {
			return fmt.Errorf("removing marks: %w", err)
		}
	}
	return nil
}

// Backlog is what waits to be computed.
type Backlog struct {
	Waiting int64     // marks
	Oldest  time.Time // when the oldest of them was made, but for those that failed; zero if there is none
	Failing int64     // marks that could not be computed
}

// MarksWaiting returns the marks of all sites that wait to be computed.
func (j *Journeys) MarksWaiting(ctx context.Context) (Backlog, error) {
	var b Backlog
	marks := func() *gorm.DB { return j.db.Read(ctx).Model(&Mark{}).Where("kind IN ?", ComputedKinds()) }
	err := marks().Count(&b.Waiting).Error
	if err == nil {
		err = marks().Where("failures > 0").Count(&b.Failing).Error
	}
	if err != nil {
		return Backlog{}, j.db.WrapErr("counting what has changed", err)
	}
	first, err := database.First[Mark](marks().Where("failures = 0").Order("seq"))
	if first != nil {
		b.Oldest = first.CreatedAt
	}
	return b, j.db.WrapErr("reading the oldest change", err)
}
