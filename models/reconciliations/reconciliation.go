package reconciliations

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/internal/paging"
	"ringback/internal/sourcestatus"
	"ringback/models/database"
	"ringback/models/ownership"
)

// State is how a reconciliation is.
type State string

// The states.
const (
	Waiting State = "waiting"    // it has not begun
	Running State = "running"    // the list is being read
	Done    State = "up_to_date" // the list was read to its end; it goes on at NextAt
	Paused  State = "paused"     // the provider takes no more requests for a while
	Failing State = "failing"    // the list could not be read, and is tried again
	Off     State = "off"        // the source is off, or the API's credentials are not given
)

// Reconciliation is how far a source's calls have been reconciled. A round reads the
// list from RoundFrom to RoundTo page by page. Each round begins a little before the
// end of the one before it.
type Reconciliation struct {
	SiteID        string `gorm:"primaryKey"`
	Source        string `gorm:"primaryKey"`
	Account       string // that the positions belong to; empty if it is off
	State         State
	Problem       sourcestatus.Problem `gorm:"serializer:reason"` // of Paused and Failing
	Failures      int                  // in a row
	Run           int64                // counts the runs; only the newest one may store anything
	Since         *time.Time           // calls that began earlier are not taken
	ListedUntil   *time.Time           // all calls that began before it were listed
	RoundFrom     *time.Time           // nil if no round has begun
	RoundTo       *time.Time
	Place         paging.Place `gorm:"serializer:json"` // how far the list of the round was read
	PageUnknown   int          // calls of the next page that were not known when it was first read
	MinuteBeganAt *time.Time
	Requests      int        `gorm:"column:minute_requests"` // since MinuteBeganAt
	Listed        int64      // calls that the provider has listed, each time anew
	Found         int64      // calls that no message had brought
	Completed     int64      // calls that had been brought, and of which the list had more
	LastFoundAt   *time.Time // when a call was last found or completed
	RequestedAt   *time.Time // when somebody last asked for it, nil if nobody did
	BeganAt       *time.Time // when the newest run began
	DoneAt        *time.Time // when a round was last read to its end; nil if none was
	NextAt        *time.Time // when it goes on at the latest; nil if it is off
	UpdatedAt     time.Time
}

// TableName returns the name of the table.
func (Reconciliation) TableName() string { return "source_reconciliations" }

// Reconciliations are the rows of all sites. They are safe for concurrent use, and their
// errors are those of the store that they are part of.
type Reconciliations struct{ db *database.DB }

// New returns the reconciliations of a database.
func New(db *database.DB) *Reconciliations { return &Reconciliations{db: db} }

// Reconciliation returns how the reconciliation of a site's source is. It is off if it
// was never asked for.
func (r *Reconciliations) Reconciliation(ctx context.Context, accountID, siteID, source string) (Reconciliation, error) {
	found := Reconciliation{SiteID: siteID, Source: source, State: Off}
	err := r.db.ReadTx(ctx, "reading a reconciliation", func(tx *gorm.DB) error {
		if err := checkSource(tx, accountID, siteID, source); err != nil {
			return err
		}
		row, err := database.First[Reconciliation](ofSource(tx, siteID, source))
		if row != nil {
			found = *row
		}
		return err
	})
	return found, err
}

// Forget erases how the reconciliation of a source is. If the source is set up again, no
// call is taken that began before. A run that goes on is overtaken.
func Forget(tx *gorm.DB, siteID, source string) error {
	if err := ofSource(tx, siteID, source).Delete(&Reconciliation{}).Error; err != nil {
		return fmt.Errorf("erasing a reconciliation: %w", err)
	}
	return nil
}

func ofSource(db *gorm.DB, siteID, source string) *gorm.DB {
	return db.Where("site_id = ? AND source = ?", siteID, source)
}

// checkSource returns fault.NotFound unless the source is one of the account's site.
func checkSource(db *gorm.DB, accountID, siteID, source string) error {
	if err := ownership.CheckSite(db, accountID, siteID); err != nil {
		return err
	}
	var found string
	err := ofSource(db.Table("site_sources"), siteID, source).Select("source").Take(&found).Error
	return database.NotFoundAs("no_such_source", err)
}
