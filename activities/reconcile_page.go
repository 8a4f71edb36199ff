package activities

import (
	"context"
	"errors"
	"slices"
	"time"

	"ringback/conversion"
	"ringback/internal/accept"
	"ringback/internal/paging"
	"ringback/internal/unread"
	"ringback/models/received"
	"ringback/models/reconciliations"
	"ringback/sources"
	"ringback/sources/listing"
)

// listed is a call or lead that a provider lists.
type listed struct {
	message accept.Message
	reading sources.Reading
	id      string
	isLead  bool
	start   time.Time // of the call, or the time of the lead
	end     time.Time // zero if the call goes on
}

// page reads the next page of the list and stores the calls that are missing.
func (r *reconciling) page(ctx context.Context) error {
	number, size := r.run.Place.Next()
	page, err := r.provider.List(ctx, r.Outbound, r.settings, listing.Query{
		From: *r.run.RoundFrom, To: *r.run.RoundTo, Page: number, Size: size, Now: now(r.Clock),
	})
	if err != nil {
		return err
	}
	due, err := r.due(ctx, page.Messages)
	if err != nil {
		return err
	}
	known, err := r.Store.KnownCalls(ctx, r.site.ID, r.stored.Source, callIDs(due))
	if err != nil {
		return err
	}
	unknown := 0
	for _, id := range callIDs(due) {
		if _, is := known[id]; !is {
			unknown++
		}
	}
	if err := r.Store.PlanListedPage(ctx, &r.run, unknown); err != nil {
		return err
	}
	stored := reconciliations.Page{Read: paging.Page{Number: number, Size: page.Size, IDs: page.IDs, More: page.More}, Alive: readAlive}
	for _, l := range due {
		if err := r.store(ctx, l, known, &stored); err != nil {
			return err
		}
	}
	found := r.run.PageUnknown + stored.Found
	if err := r.Store.StoreListedPage(ctx, &r.run, stored); err != nil {
		return err
	}
	r.result.Listed += len(page.IDs)
	r.result.Found += found
	r.Metrics.Reconciled(r.stored.Source, len(page.IDs), found, stored.Completed)
	return nil
}

// due returns what is to be compared with the store: what the round is about and is
// over. What cannot be read is kept as an unread message.
func (r *reconciling) due(ctx context.Context, messages []sources.Request) ([]listed, error) {
	var due []listed
	for _, request := range messages {
		message := accept.Message{Site: r.site, Source: r.provider, Settings: r.settings, Request: request}
		reading, defect := r.Messages.Read(ctx, message)
		if defect != nil {
			if err := r.keep(ctx, message, *defect); err != nil {
				return nil, err
			}
			continue
		}
		l := read(message, reading)
		same := slices.ContainsFunc(due, func(other listed) bool { return other.id == l.id && other.isLead == l.isLead })
		if l.id != "" && !same && r.isDue(l) {
			due = append(due, l)
		}
	}
	return due, nil
}

// keep stores what cannot be read. If there is no room for it, it is left out and counted
// as refused, so that the calls after it are found.
func (r *reconciling) keep(ctx context.Context, message accept.Message, why unread.Defect) error {
	err := r.Messages.Keep(ctx, message, why)
	if errors.Is(err, received.ErrFull) {
		return nil
	}
	return err
}

// read returns what a message of a list is about. The id is empty if it is about
// nothing that is reported.
func read(message accept.Message, reading sources.Reading) listed {
	l := listed{message: message, reading: reading}
	for _, report := range reading.Reports {
		l.id = report.ExternalID
		switch {
		case report.Kind == conversion.KindLead:
			l.isLead, l.start, l.end = true, report.Lead.At, report.Lead.At
		case report.Event.Type == conversion.EventStarted:
			l.start = report.Event.At
		case report.Event.Type == conversion.EventEnded:
			l.end = report.Event.At
		}
	}
	return l
}

// isDue reports whether a call belongs to the round and ended long enough ago, so that
// the provider's own message about it should have come. A call without a duration may
// go on: some lists have 0 until a call has ended. So it is due only when no call lasts
// any longer.
func (r *reconciling) isDue(l listed) bool {
	if l.start.Before(*r.run.Since) || l.start.Before(*r.run.RoundFrom) {
		return false
	}
	end := l.end
	if !l.isLead && !end.After(l.start) {
		end = l.start.Add(r.maxCall())
	}
	return !end.Add(r.plan.Delay).After(now(r.Clock))
}

// callIDs returns the external ids of the calls, without the leads.
func callIDs(all []listed) []string {
	ids := make([]string, 0, len(all))
	for _, l := range all {
		if !l.isLead {
			ids = append(ids, l.id)
		}
	}
	return ids
}

// store stores what is missing of a call or lead, through the same door as a message
// that the provider has sent.
func (r *reconciling) store(ctx context.Context, l listed, known map[string]reconciliations.KnownCall, page *reconciliations.Page) error {
	call, isKnown := known[l.id]
	missing := l.reading.Reports
	if !l.isLead {
		missing = missingOf(l.reading.Reports, call)
	}
	if len(missing) == 0 {
		return nil
	}
	outcome, err := r.Messages.Store(ctx, l.message, sources.Reading{Reports: missing})
	switch {
	case err != nil:
		return err
	case outcome.Unread != nil:
		return r.keep(ctx, l.message, *outcome.Unread)
	case outcome.New == 0:
	case l.isLead:
		page.Found++
	case isKnown:
		page.Completed++
	}
	return nil
}

// missingOf returns the reports of a listed call that add to what is known of it: all
// until its end is known, and then only tags that are new, and the visit if nothing is
// known of it. A list has other words for the same facts than messages, so that all its
// events would look new.
func missingOf(reports []sources.Report, call reconciliations.KnownCall) []sources.Report {
	var missing []sources.Report
	for _, report := range reports {
		isNew := !call.Ended
		switch report.Event.Type {
		case conversion.EventTagged:
			isNew = !call.HasTags(report.Event.Tags)
		case conversion.EventLinked:
			isNew = !call.Linked
		default:
			call.Tags = append(slices.Clip(call.Tags), report.Event.Tags...)
		}
		if isNew {
			missing = append(missing, report)
		}
	}
	return missing
}
