package readings

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/crm"
	"ringback/internal/delivery"
	"ringback/models/database"
)

// State is how the reading of a CRM is.
type State string

// The states.
const (
	Waiting State = "waiting"       // to be read for the first time, or again
	Running State = "running"       // it is being read
	Done    State = "up_to_date"    // everything was read; it goes on at NextAt
	Paused  State = "paused"        // the CRM takes no more requests for a while
	SignIn  State = "needs_sign_in" // the CRM refuses the sign-in
	Failing State = "failing"       // it could not be read, and is tried again
	Off     State = "off"           // the owner does not want it to be read
)

// Reading is the reading of an integration's CRM.
type Reading struct {
	IntegrationID string `gorm:"primaryKey"`
	SiteID        string
	Key           string // of the org and the settings that the positions belong to
	State         State
	Reason        delivery.Reason `gorm:"serializer:reason"` // of Paused, SignIn and Failing
	Failures      int             // in a row
	Run           int64           // counts the runs; only the newest one may store anything
	RequestedAt   *time.Time      // when somebody last asked for it, nil if nobody did
	BeganAt       *time.Time      // when the newest run began
	ReadAt        *time.Time      // when everything was last read; nil if it never was
	NextAt        *time.Time      // when it goes on at the latest; nil if it is off
	UpdatedAt     time.Time
}

// TableName returns the name of the table.
func (Reading) TableName() string { return "crm_readings" }

// Object is how far one kind of record has been read.
type Object struct {
	IntegrationID string          `gorm:"primaryKey"`
	Object        string          `gorm:"primaryKey"`
	ChangedAt     *time.Time      // of the last record that was read, by the CRM's clock; nil if none was
	RecordID      string          // of that record
	AdvancedAt    *time.Time      // when ChangedAt last became later
	Settled       bool            // nothing earlier than ChangedAt can become visible any more
	Complete      bool            // the last run came to the end
	Records       int64           // that were read, each time anew
	Changes       int64           // records that were new or had changed
	Deletions     int64           // records that the CRM does not have any more
	Reason        delivery.Reason `gorm:"serializer:reason"` // why the last run could not read it; zero if it could
	ReadAt        *time.Time      // when it was last read to the end
}

// TableName returns the name of the table.
func (Object) TableName() string { return "crm_reading_objects" }

const (
	// overlap is how much before the last record the next run begins: a change can become
	// visible after later ones (docs/facts/salesforce.md#reading).
	overlap = 5 * time.Minute
	// settling is how long after the last record was read all changes before it are visible.
	settling = 10 * time.Minute
)

// Start returns after which position a run has to read.
func (o Object) Start() crm.Position {
	switch {
	case o.ChangedAt == nil:
		return crm.Position{}
	case o.Settled || !o.Complete:
		return crm.Position{At: *o.ChangedAt, ID: o.RecordID}
	default:
		return crm.Position{At: o.ChangedAt.Add(-overlap)}
	}
}

// Readings are the rows of all sites. They are safe for concurrent use, and their errors
// are those of the store that they are part of.
type Readings struct{ db *database.DB }

// New returns the readings of a database.
func New(db *database.DB) *Readings { return &Readings{db: db} }

// CRMReading returns how the reading of an integration's CRM is, with its objects. It is
// off, without objects, if it was never asked for.
func (r *Readings) CRMReading(ctx context.Context, accountID, siteID, integrationID string) (reading Reading, objects []Object, err error) {
	err = r.db.ReadTx(ctx, "reading how a CRM is read", func(tx *gorm.DB) error {
		if err := checkIntegration(tx, accountID, siteID, integrationID); err != nil {
			return err
		}
		found, err := database.First[Reading](tx.Where("integration_id = ?", integrationID))
		if err != nil || found == nil {
			reading = Reading{IntegrationID: integrationID, SiteID: siteID, State: Off}
			return err
		}
		reading = *found
		return tx.Where("integration_id = ?", integrationID).Order("object").Find(&objects).Error
	})
	return reading, objects, err
}

// checkIntegration returns fault.NotFound unless the integration is one of the account's
// site.
func checkIntegration(db *gorm.DB, accountID, siteID, integrationID string) error {
	var found string
	err := db.Table("integrations").Select("integrations.id").Joins("JOIN sites ON sites.id = integrations.site_id").
		Where("integrations.id = ? AND integrations.deleted_at IS NULL", integrationID).
		Where("sites.id = ? AND sites.account_id = ? AND sites.deleted_at IS NULL", siteID, accountID).Take(&found).Error
	return database.NotFoundAs("no_such_integration", err)
}
