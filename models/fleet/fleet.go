package fleet

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/delivery"
	"ringback/models/database"
)

// Fleet is the workers and the slots that they hold. It is safe for concurrent use. Its
// errors are those of database.DB.WrapErr.
type Fleet struct{ db *database.DB }

// New returns the fleet of a database.
func New(db *database.DB) *Fleet { return &Fleet{db} }

// workerRow is a worker that holds slots. Beats changes as long as it works.
type workerRow struct {
	ID        string `gorm:"primaryKey"`
	Beats     int64
	StartedAt time.Time
}

// TableName returns the name of the table.
func (workerRow) TableName() string { return "fleet_workers" }

// slotsRow is what a worker holds of the slots of an integration, and how many it could use.
type slotsRow struct {
	IntegrationID string `gorm:"primaryKey"`
	WorkerID      string `gorm:"primaryKey"`
	Slots, Wants  int
}

// TableName returns the name of the table.
func (slotsRow) TableName() string { return "fleet_slots" }

// hostRow is a host that a worker has found not to answer.
type hostRow struct {
	Host     string `gorm:"primaryKey"`
	WorkerID string `gorm:"primaryKey"`
	Openings int
}

// TableName returns the name of the table.
func (hostRow) TableName() string { return "fleet_hosts" }

var _ delivery.FleetStore = (*Fleet)(nil)

// JoinFleet adds a worker that holds nothing yet, and returns the beats of all workers.
func (f *Fleet) JoinFleet(ctx context.Context, workerID string) (delivery.Beat, error) {
	row := workerRow{ID: workerID, StartedAt: f.db.Now()}
	if err := f.db.Write(ctx).Create(&row).Error; err != nil {
		return delivery.Beat{}, f.db.WrapErr("adding a worker", err)
	}
	return f.BeatFleet(ctx, workerID)
}

// BeatFleet counts a beat of a worker, and returns the beats of all, and of which
// integrations that it holds slots of another worker needs some. If the worker was
// removed, the result has Removed and nothing else.
func (f *Fleet) BeatFleet(ctx context.Context, workerID string) (delivery.Beat, error) {
	db := f.db.Write(ctx)
	counted := db.Model(&workerRow{}).Where("id = ?", workerID).UpdateColumn("beats", gorm.Expr("beats + 1"))
	if counted.Error != nil || counted.RowsAffected == 0 {
		return delivery.Beat{Removed: counted.Error == nil}, f.db.WrapErr("counting a beat of a worker", counted.Error)
	}
	var rows []beatRow
	err := db.Raw(beatRows, map[string]any{"worker": workerID}).Scan(&rows).Error
	return beatOf(rows), f.db.WrapErr("reading the workers, what they need and have found", err)
}

// beatRow is something of what a worker is answered when it counts a beat: a worker with
// its beats, an integration that others need, or a host that another worker has found.
type beatRow struct {
	Integration, Host, WorkerID string
	Number                      int64
}

// beatRows are all of them by one statement, because each worker that holds slots reads
// them every two seconds.
const beatRows = `SELECT '' AS integration, '' AS host, id AS worker_id, beats AS number FROM fleet_workers
	UNION ALL SELECT DISTINCT others.integration_id, '', '', 0 FROM fleet_slots AS others
		JOIN fleet_slots AS own ON own.integration_id = others.integration_id AND own.worker_id = @worker
		WHERE others.worker_id <> @worker AND others.wants > others.slots
	UNION ALL SELECT '', host, worker_id, openings FROM fleet_hosts WHERE worker_id <> @worker
	ORDER BY 1, 2, 3`

func beatOf(rows []beatRow) delivery.Beat {
	beat := delivery.Beat{Workers: map[string]int64{}}
	for _, r := range rows {
		switch {
		case r.Integration != "":
			beat.Contested = append(beat.Contested, r.Integration)
		case r.Host != "":
			beat.Open = append(beat.Open, delivery.OpenHost{Host: r.Host, WorkerID: r.WorkerID, Openings: int(r.Number)})
		default:
			beat.Workers[r.WorkerID] = r.Number
		}
	}
	return beat
}

// SetOpenHosts stores the openings of hosts that a worker probes, in place of those before.
// They end with the worker.
func (f *Fleet) SetOpenHosts(ctx context.Context, workerID string, openings map[string]int) error {
	rows := make([]hostRow, 0, len(openings))
	for host, n := range openings {
		rows = append(rows, hostRow{Host: host, WorkerID: workerID, Openings: n})
	}
	return f.db.Tx(ctx, "storing hosts that do not answer", func(tx *gorm.DB) error {
		if err := tx.Where("worker_id = ?", workerID).Delete(&hostRow{}).Error; err != nil || len(rows) == 0 {
			return err
		}
		return tx.Create(&rows).Error
	})
}

// RemoveWorker removes a worker with all that it holds, unless it has counted another
// beat.
func (f *Fleet) RemoveWorker(ctx context.Context, workerID string, beats int64) error {
	err := f.db.Write(ctx).Where("id = ? AND beats = ?", workerID, beats).Delete(&workerRow{}).Error
	return f.db.WrapErr("removing a worker", err)
}

// LeaveFleet removes a worker with all that it holds.
func (f *Fleet) LeaveFleet(ctx context.Context, workerID string) error {
	return f.db.WrapErr("removing a worker", f.db.Write(ctx).Where("id = ?", workerID).Delete(&workerRow{}).Error)
}

// ClaimSlots changes what a worker holds of the slots of an integration, and returns it.
// Decide returns it from what the others hold, while nobody else changes it. Member is
// false if the worker was removed, and holds nothing.
func (f *Fleet) ClaimSlots(ctx context.Context, workerID, integrationID string, decide delivery.Decide) (held delivery.Holding, member bool, err error) {
	err = f.db.Tx(ctx, "claiming slots", func(tx *gorm.DB) error {
		if err := database.OneAfterAnother(tx, "slots/"+integrationID); err != nil {
			return err
		}
		var worker []workerRow
		if err := tx.Where("id = ?", workerID).Find(&worker).Error; err != nil || len(worker) == 0 {
			return err
		}
		var others []slotsRow
		if err := tx.Where("integration_id = ? AND worker_id <> ?", integrationID, workerID).Order("worker_id").Find(&others).Error; err != nil {
			return fmt.Errorf("reading who holds them: %w", err)
		}
		holdings := make([]delivery.Holding, len(others))
		for i, row := range others {
			holdings[i] = delivery.Holding{Slots: row.Slots, Wants: row.Wants}
		}
		held, member = decide(holdings), true
		return hold(tx, slotsRow{IntegrationID: integrationID, WorkerID: workerID, Slots: held.Slots, Wants: held.Wants})
	})
	return held, member, err
}

// hold stores what a worker holds and wants. No row stands for nothing.
func hold(tx *gorm.DB, row slotsRow) error {
	if row.Slots == 0 && row.Wants == 0 {
		return tx.Delete(&row).Error
	}
	return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}
