package salesforce

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"strconv"
	"strings"

	"ringback/crm"
	"ringback/crm/salesforce"
	"ringback/crm/salesforce/reading"
	"ringback/destinations"
	"ringback/internal/delivery"
	"ringback/internal/settings"
)

// reasonNotReadable is that the connected user may not read an object.
const reasonNotReadable delivery.ReasonCode = "salesforce.not_readable"

// Reads implements destinations.CRMReader.
func (*Destination) Reads(s settings.Values) bool { return options{s}.get("read") == yes }

// ReadingKey implements destinations.CRMReader.
func (*Destination) ReadingKey(s settings.Values) string {
	o := options{s}
	var parts []string
	for _, name := range []string{"my_domain", "bizible_field", "touchpoint_date_field", "id_field", "currency", "read_days"} {
		parts = append(parts, o.get(name))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// Objects implements destinations.CRMReader.
func (*Destination) Objects() []string { return reading.Objects() }

// Changes implements destinations.CRMReader. It stops when the org's requests of the day
// are nearly used up.
func (d *Destination) Changes(ctx context.Context, doer delivery.Doer, s settings.Values, object string, after crm.Position) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		o := options{s}
		w := &writing{client: d.orgs.Client(doer, o.connection()), options: o, clock: d.clock}
		if err := w.checkQuota(ctx); err != nil {
			yield(crm.Page{}, w.readFailure(object, err))
			return
		}
		for page, err := range reading.New(w.client, d.readingSettings(o)).Changes(ctx, object, after) {
			if err == nil {
				err = w.checkQuota(ctx)
				if !yield(page, nil) {
					return
				}
			}
			if err != nil {
				yield(crm.Page{}, w.readFailure(object, err))
				return
			}
		}
	}
}

func (d *Destination) readingSettings(o options) reading.Settings {
	return reading.Settings{
		BizibleField: o.get("bizible_field"), DateField: o.get("touchpoint_date_field"), IDField: o.get("id_field"), Marker: marker,
		Currency: o.get("currency"), Zone: o.zone(), Since: d.clock.Now().AddDate(0, 0, -o.readDays()),
	}
}

// readDays returns how many days back Tasks and opportunities are read at first.
func (o options) readDays() int {
	days, _ := strconv.Atoi(o.get("read_days")) // checked when the setting was stored
	return days
}

// readFailure returns why an object could not be read.
func (w *writing) readFailure(object string, err error) error {
	if salesforce.HasCode(err, salesforce.CodeInvalidField) {
		w.client.Forget(object) // its fields have changed since they were described
	}
	failed := &destinations.ReadFailure{Result: w.failed(err)}
	var answer *salesforce.Error
	if errors.As(err, &answer) && (answer.Code == codeNotFound || answer.Code == codeInvalidType) {
		failed.Reason = delivery.Reason{Code: reasonNotReadable, Status: answer.Status, ErrorCode: answer.Code, Values: map[string]string{"Object": object}}
	}
	return failed
}

// The codes of an object that does not exist, or that the user may not see.
const (
	codeNotFound    = "NOT_FOUND"
	codeInvalidType = "INVALID_TYPE"
)
