package salesforce

import (
	"context"
	"fmt"
	"net/http"

	"github.com/jonboulle/clockwork"

	"ringback/crm/salesforce"
	"ringback/internal/delivery"
)

const (
	objectTask = "Task"

	// marker precedes the conversion's id in the field that is searched for it.
	marker = "ringback:"
)

// writing is one attempt to write a Task.
type writing struct {
	client  *salesforce.Client
	event   delivery.Payload
	options options
	clock   clockwork.Clock

	code     delivery.ReasonCode // how it ended, for a reason of a success
	who      who
	leftOut  []string // fields that the connected user may not set
	creating bool     // the request that creates the Task has been made
	upserts  bool     // that request may be repeated, because it is by an external id
}

// task writes the Task, unless it exists.
func (w *writing) task(ctx context.Context) (salesforce.Saved, error) {
	if err := w.checkQuota(ctx); err != nil {
		return salesforce.Saved{}, err
	}
	saved, err := w.once(ctx)
	if salesforce.HasCode(err, salesforce.CodeInvalidField, salesforce.CodeFieldNotWriteable) {
		// The fields have changed since they were described, up to an hour ago.
		// Nothing was created.
		w.client.Forget(objectTask)
		saved, err = w.once(ctx)
	}
	return saved, err
}

func (w *writing) once(ctx context.Context) (salesforce.Saved, error) {
	object, err := w.client.Describe(ctx, objectTask)
	if err != nil {
		return salesforce.Saved{}, err
	}
	idField, ok := object.Field(w.options.get("id_field"))
	if !ok || !usableID(idField) {
		return salesforce.Saved{}, errNoIDField
	}
	w.upserts = idField.ExternalID
	if w.event.Repeat {
		before, err := w.existing(ctx, idField)
		if err != nil || before.ID != "" {
			return before, err
		}
	}
	if err := w.findWho(ctx); err != nil {
		return salesforce.Saved{}, err
	}
	return w.create(ctx, object, idField)
}

// usableID reports whether a Task can be found again by this field.
func usableID(f salesforce.Field) bool { return f.Createable && (f.ExternalID || f.Filterable) }

// existing returns the Task that an earlier attempt has created. It is left as it is:
// people may have changed it, such as its type (M7). If there are two, it returns
// the older one.
func (w *writing) existing(ctx context.Context, idField salesforce.Field) (salesforce.Saved, error) {
	query := fmt.Sprintf("SELECT Id FROM Task WHERE %s = %s AND IsDeleted = false ORDER BY CreatedDate, Id LIMIT 2", idField.Name, salesforce.Quote(w.id()))
	var ids []string
	for row, err := range w.client.QueryAll(ctx, query) {
		if err != nil {
			return salesforce.Saved{}, err
		}
		ids = append(ids, row.Text("Id"))
	}
	switch len(ids) {
	case 0:
		return salesforce.Saved{}, nil
	case 1:
		w.code = reasonFound
	default:
		w.code = reasonFoundTwice
	}
	return salesforce.Saved{Status: http.StatusOK, ID: ids[0]}, nil
}

// id returns what identifies the Task of a conversion, the same for all attempts and
// resends.
func (w *writing) id() string { return marker + w.event.ID }

// create creates the Task. If Salesforce does not accept the person, for example
// because it was deleted meanwhile, the next one is used, and finally none.
func (w *writing) create(ctx context.Context, object salesforce.Object, idField salesforce.Field) (salesforce.Saved, error) {
	for {
		saved, err := w.save(ctx, w.values(object, idField), idField)
		switch {
		case salesforce.HasCode(err, personRefused...) && w.who.id() != "":
			w.who.next()
		case salesforce.HasCode(err, salesforce.CodeDuplicateValue, salesforce.CodeDuplicateID) || isAmbiguousID(err):
			before, lookupErr := w.existing(ctx, idField)
			if lookupErr != nil || before.ID != "" {
				return before, lookupErr
			}
			return saved, err
		default:
			return saved, err
		}
	}
}

// personRefused are the errors of a Task whose person cannot be used.
var personRefused = []string{salesforce.CodeInvalidReference, salesforce.CodeDeleted, salesforce.CodeConvertedLead}

func (w *writing) save(ctx context.Context, values salesforce.Values, idField salesforce.Field) (salesforce.Saved, error) {
	w.creating, w.code = true, reasonCreated
	var saved salesforce.Saved
	var err error
	if w.upserts {
		delete(values, idField.Name)
		saved, err = w.client.Upsert(ctx, objectTask, idField.Name, w.id(), values)
	} else {
		saved, err = w.client.Create(ctx, objectTask, values, nil)
	}
	w.creating = err != nil // if it failed, its outcome may be unknown
	return saved, err
}

// removeTest deletes the Task of a test event.
func (w *writing) removeTest(ctx context.Context, made salesforce.Saved) (salesforce.Saved, error) {
	if made.ID == "" {
		w.code = reasonTestLeft
		return made, nil
	}
	removed, err := w.client.Delete(ctx, objectTask, made.ID)
	w.code = reasonTested
	return salesforce.Saved{Status: removed.Status, ID: made.ID}, err
}
