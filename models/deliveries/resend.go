package deliveries

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models/audit"
	"ringback/models/database"
	"ringback/models/figures"
	"ringback/models/outbox"
)

// MaxResend is the maximum number of deliveries that one request can resend.
const MaxResend = 10_000

// resendGap is the time between two signals of a bulk resend, so that ten thousand
// do not reach Temporal and the workers at one instant (G6).
const resendGap = 10 * time.Millisecond

// finalStates are the states of deliveries that can be resent.
var finalStates = []State{Delivered, Failed}

// Resend makes another delivery of the same event because a person asks for it. The
// event stays as it was decided. If the delivery or its latest resend does not have
// its end state, the error is fault.Conflict. WorkflowID returns the id of the
// workflow of the n-th resend of a delivery.
func (s *Store) Resend(ctx context.Context, actor audit.Actor, accountID, deliveryID string,
	workflowID func(deliveryID string, n int) string,
) (Delivery, outbox.Signal, error) {
	var resent []Delivery
	var signals []outbox.Signal
	err := s.db.Tx(ctx, "resending a delivery", func(tx *gorm.DB) error {
		original, err := deliveryOf(tx, accountID, deliveryID)
		if err != nil {
			return err
		}
		var latest Delivery // the lock keeps two resends apart
		err = database.Locked(tx).Where("conversion_id = ? AND integration_id = ?", original.ConversionID, original.IntegrationID).
			Order("n DESC").Limit(1).Take(&latest).Error
		if err != nil {
			return err
		}
		if !latest.State.Final() {
			return fault.New(fault.Conflict, "not_resendable").With("State", string(latest.State))
		}
		copied := s.copyForResend(actor, original, latest.ResendNumber+1, workflowID)
		resent, signals, err = s.storeResends(tx, actor, accountID, []string{latest.ID}, []Delivery{copied})
		return err
	})
	if err != nil {
		return Delivery{}, outbox.Signal{}, err
	}
	return resent[0], signals[0], nil
}

// CountDeliveries returns the number of deliveries that ResendMany would resend: those
// selected by the filter that have an end state and no later resend. It counts one more
// than can be resent at once, and no further.
func (s *Store) CountDeliveries(ctx context.Context, f Filter) (int64, error) {
	var count int64
	query, err := f.query(s.db.Read(ctx))
	if err == nil {
		counted := resendable(query.Model(&Delivery{})).Select("id").Limit(MaxResend + 1)
		err = s.db.Read(ctx).Table("(?) AS counted", counted).Count(&count).Error
	}
	return count, s.db.WrapErr("counting deliveries", err)
}

func resendable(query *gorm.DB) *gorm.DB {
	return query.Where("state IN ? AND NOT resent", finalStates)
}

// ResendMany resends all that CountDeliveries counts. If that is not the expected
// number, nothing is resent and the error is fault.Conflict.
func (s *Store) ResendMany(ctx context.Context, actor audit.Actor, f Filter, expect int64,
	workflowID func(deliveryID string, n int) string,
) ([]outbox.Signal, error) {
	if expect > MaxResend {
		return nil, fault.New(fault.Invalid, "resend_at_most").Counting(MaxResend)
	}
	picked, err := f.query(s.db.Read(ctx))
	if err != nil {
		return nil, s.db.WrapErr("resending deliveries", err)
	}
	var signals []outbox.Signal
	err = s.db.Tx(ctx, "resending deliveries", func(tx *gorm.DB) error {
		var originals []Delivery
		query := database.Locked(resendable(tx.Where(picked))).Order("id").Limit(MaxResend + 1)
		if err := query.Find(&originals).Error; err != nil {
			return err
		}
		if int64(len(originals)) != expect {
			return fault.New(fault.Conflict, "count_again").With("Now", strconv.Itoa(len(originals))).With("Expected", strconv.FormatInt(expect, 10))
		}
		resent, copies := make([]string, 0, len(originals)), make([]Delivery, 0, len(originals))
		for _, d := range originals {
			resent = append(resent, d.ID)
			copies = append(copies, s.copyForResend(actor, d, d.ResendNumber+1, workflowID))
		}
		_, signals, err = s.storeResends(tx, actor, f.AccountID, resent, copies)
		return err
	})
	return signals, err
}

// copyForResend returns a new delivery of the same event, as its n-th resend.
func (s *Store) copyForResend(actor audit.Actor, original Delivery, n int, workflowID func(string, int) string) Delivery {
	id := ids.New(ids.Delivery)
	event := original.Event
	event.DeliveryID = id
	return Delivery{
		ID: id, SiteID: original.SiteID, ConversionID: original.ConversionID,
		IntegrationID: original.IntegrationID, IntegrationType: original.IntegrationType,
		DecisionID: original.DecisionID, ResendNumber: n, ResendOf: original.ID, RequestedBy: actor.TokenID,
		WorkflowID: workflowID(original.ID, n), State: Pending, Event: event,
		GiveUpAt: s.db.Now().Add(original.GiveUpAt.Sub(original.CreatedAt)), AcceptedAt: s.db.Now(), CreatedAt: s.db.Now(),
	}
}

// storeResends stores deliveries, the signals for their workflows, and the audit
// entries of who asked for them. Resent are the ids of those that they follow.
func (s *Store) storeResends(tx *gorm.DB, actor audit.Actor, accountID string, resent []string, deliveries []Delivery) ([]Delivery, []outbox.Signal, error) {
	if len(deliveries) == 0 {
		return nil, nil, nil
	}
	if err := tx.Model(&Delivery{}).Where("id IN ?", resent).UpdateColumn("resent", true).Error; err != nil {
		return nil, nil, fmt.Errorf("marking what is resent: %w", err)
	}
	signals := make([]outbox.Signal, 0, len(deliveries))
	entries := make([]audit.Entry, 0, len(deliveries))
	for i, d := range deliveries {
		signals = append(signals, outbox.Signal{
			WorkflowID: d.WorkflowID, SiteID: d.SiteID, ConversionID: d.ConversionID, DeliveryID: d.ID,
			CreatedAt: s.db.Now(), NextTryAt: s.db.Now().Add(outbox.FastPath + time.Duration(i)*resendGap),
		})
		entries = append(entries, audit.Entry{
			ID: ids.New(ids.Audit), AccountID: accountID, SiteID: d.SiteID, Actor: actor.TokenID, Action: "resent",
			Entity: "delivery", EntityID: d.ResendOf, RequestID: actor.RequestID,
			Changes: map[string]audit.Change{"resent_as": {To: d.ID}},
		})
	}
	for _, rows := range []any{&deliveries, &signals, &entries} {
		if err := tx.CreateInBatches(rows, database.InsertBatch).Error; err != nil {
			return nil, nil, fmt.Errorf("storing resends: %w", err)
		}
	}
	for _, d := range deliveries {
		if err := figures.Mark(tx, d.SiteID, d.ConversionID); err != nil {
			return nil, nil, err
		}
	}
	return deliveries, signals, nil
}
