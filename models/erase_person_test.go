package models_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/crm"
	"ringback/models/deliveries"
	"ringback/models/erasing"
	"ringback/models/journeys"
	"ringback/models/judged"
	"ringback/models/modeltest"
	"ringback/models/received"
	"ringback/models/websites"
	"ringback/touchpoints"
)

// The person who is erased, and the CRM's ids of the same person.
var (
	erased    = erasing.Person{Phone: "+12025550123", Email: "visitor@example.com"}
	erasedIDs = []string{"lead-of-erased", "contact-of-erased"}
)

// known is a site that knows the person by everything that can be stored of one, and
// another person.
type known struct {
	web
	sh      shop
	db      *sql.DB
	session string
	deal    crm.Opportunity
}

func knownIn(t *testing.T, dsn string) known {
	t.Helper()
	s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start.Add(2*time.Minute)))
	sh := shopWith(t, s, 2)
	k := known{web: web{s: s, plan: sh.plan(t)}, sh: sh, db: modeltest.SQL(t, dsn)}
	a := view(visitor(1), "hit-1", modeltest.Start, fromAd)
	a.VisitorIDs, a.WantsNumbers = map[string]string{"bizible": "their-id-of-mine"}, true
	first := k.sees(t, a)
	k.session = first.SessionID
	call := rings(first.Numbers[0].Number, modeltest.Start.Add(time.Minute))
	call.Caller = erased.Phone
	sh.call(t, "a call", call)
	k.sends(t, view(visitor(1), "lead-1", modeltest.Start.Add(time.Minute), home), conversion.Lead{Email: "Visitor@Example.com"})
	k.sends(t, view(visitor(2), "lead-2", modeltest.Start, home), conversion.Lead{Email: "other@example.com"})
	delivered(t, s, k.plan.Site)
	k.readsCRM(t)
	unreadOf(t, s, sh.site.ID, `{"caller": "(202) 555-0123"}`)
	unreadOf(t, s, sh.site.ID, `{"caller": "(202) 555-0177"}`)
	require.NoError(t, s.KeepLast(t.Context(), received.LastMessage{SiteID: sh.site.ID, Source: "mapped", Body: []byte("mail=visitor@example.com"), ReceivedAt: modeltest.Start}))
	_, err := s.Rebuild(t.Context(), sh.site.ID)
	require.NoError(t, err)
	return k
}

// delivered stores a lead that names the person in an own field, with a delivery whose
// attempt has the address in its body.
func delivered(t *testing.T, s *models.Store, site websites.Site) {
	t.Helper()
	lead := modeltest.Lead(site, "delivered")
	lead.Lead.Phone, lead.Lead.Email, lead.Lead.Fields = "+12025550188", "third@example.com", map[string]string{"second address": erased.Email}
	accepted, err := s.AcceptLead(t.Context(), lead)
	require.NoError(t, err)
	decided := modeltest.Sending(accepted.ConversionID, modeltest.Integration(t, s, site))
	decided.Facts = &judged.Facts{ConversionID: accepted.ConversionID, Final: true, SiteID: site.ID, Event: delivery.Payload{Email: erased.Email}, CreatedAt: modeltest.Start}
	outcome, err := s.SaveDecisions(t.Context(), decided)
	require.NoError(t, err)
	id := outcome.Deliveries[0].ID
	begin(t, s, id)
	require.NoError(t, s.EndAttempt(t.Context(), deliveries.AttemptEnd{
		Attempt: deliveries.Attempt{
			DeliveryID: id, Number: 1, StartedAt: modeltest.Start, Class: delivery.ClassDelivered, Status: 200,
			Request: delivery.Message{Method: "POST", URL: "https://hooks.example.com", Body: `{"email":"` + erased.Email + `"}`},
		},
		State: deliveries.Delivered,
	}))
}

// readsCRM stores the person as a lead that has become a contact, with a deal and a Task,
// and another person in the same deal.
func (k *known) readsCRM(t *testing.T) {
	t.Helper()
	site := k.plan.Site
	for _, p := range []crm.Person{
		{ExternalID: erasedIDs[0], Email: "VISITOR@example.com", SameAs: erasedIDs[1]},
		{ExternalID: erasedIDs[1], Phone: "+12025550144"},
		{ExternalID: "other-person", Email: "other@example.com"},
	} {
		p.SiteID = site.ID
		require.NoError(t, k.s.PutCRMPerson(t.Context(), site.AccountID, &p))
	}
	k.deal = crm.Opportunity{
		SiteID: site.ID, ExternalID: "deal-1", OpenedAt: modeltest.Start, Amount: 100, Currency: "USD",
		People: []touchpoints.Role{{Person: erasedIDs[1], Primary: true}, {Person: "other-person"}},
	}
	require.NoError(t, k.s.PutOpportunity(t.Context(), site.AccountID, &k.deal))
	_, err := k.s.PutTasks(t.Context(), site.AccountID, site.ID, []journeys.Task{{ExternalID: "task-1", Person: erasedIDs[1], Type: "Call", BizibleID: "their-id-of-mine", At: new(modeltest.Start)}})
	require.NoError(t, err)
}

func (k *known) scope() erasing.Scope {
	return erasing.Scope{AccountID: k.plan.Site.AccountID, SiteID: k.plan.Site.ID}
}

func (k *known) erase(ctx context.Context, t *testing.T, in erasing.Scope) erasing.Count {
	t.Helper()
	count, err := k.s.CountPerson(ctx, in, erased)
	require.NoError(t, err)
	done, err := k.s.ErasePerson(ctx, modeltest.ActorOf(k.plan.Site), in, erased, count.Total())
	require.NoError(t, err)
	require.Equal(t, count, done)
	return count
}

// TestG8_AnErasedPersonLeavesNothing looks through all columns of all tables.
func TestG8_AnErasedPersonLeavesNothing(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		k := knownIn(t, dsn)
		texts := []string{erased.Phone, erased.Email, "2025550123", visitor(1), "their-id-of-mine", k.session}
		for _, text := range append(texts, erasedIDs...) {
			require.NotEmpty(t, tablesWith(t, k.db, text), "%s is not stored, so its absence shows nothing", text)
		}
		require.Contains(t, tablesWith(t, k.db, erased.Email), "judged_facts", "what the decision went by")
		require.Equal(t, erasing.Count{Conversions: 3, Visitors: 1, People: 2, Messages: 2}, k.erase(t.Context(), t, k.scope()))
		for _, text := range texts {
			require.Empty(t, tablesWith(t, k.db, text), text)
		}
		require.Contains(t, tablesWith(t, k.db, visitor(2)), "sessions")
		require.Contains(t, tablesWith(t, k.db, "2025550177"), "unread_messages")
		deal, err := k.s.Opportunity(t.Context(), k.plan.Site.AccountID, k.plan.Site.ID, k.deal.ID)
		require.NoError(t, err)
		require.Equal(t, []touchpoints.Role{{Person: "other-person"}}, deal.People)

		for more := true; more; {
			more, err = k.s.WorkJourneys(t.Context())
			require.NoError(t, err)
		}
		for more := true; more; {
			progress, err := k.s.Rebuild(t.Context(), k.plan.Site.ID)
			require.NoError(t, err)
			more = progress.More
		}
		for _, text := range append(texts, erasedIDs...) {
			require.Empty(t, tablesWith(t, k.db, text), "%s: what is computed again", text)
		}
		require.Contains(t, tablesWith(t, k.db, "other@example.com"), "conversions")
		left, err := k.s.CountPerson(t.Context(), k.scope(), erased)
		require.NoError(t, err)
		require.Zero(t, left)
	})
}

func TestG8_ErasingIsAuditedWithoutNamingThePerson(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		k := knownIn(t, dsn)
		k.erase(t.Context(), t, erasing.Scope{})
		entries, _, err := k.s.Audit(t.Context(), k.plan.Site.AccountID, audit.Filter{Entity: "person"}, models.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.Equal(t, "erased", entries[0].Action)
		changes, err := json.Marshal(entries[0].Changes)
		require.NoError(t, err)
		require.JSONEq(t, `{"conversions":{"from":3,"to":0},"visitors":{"from":1,"to":0},"people":{"from":2,"to":0},"messages":{"from":2,"to":0}}`, string(changes))
	})
}

// A call that comes between the count and the erasing is not erased unseen.
func TestErasingAnotherNumberThanWasCountedErasesNothing(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		k := knownIn(t, dsn)
		before, err := k.s.CountPerson(t.Context(), k.scope(), erased)
		require.NoError(t, err)
		again := rings(onThePages, modeltest.Start)
		again.Caller = erased.Phone
		k.sh.call(t, "another call", again)
		_, err = k.s.ErasePerson(t.Context(), modeltest.ActorOf(k.plan.Site), k.scope(), erased, before.Total())
		requireCode(t, fault.Conflict, err)
		after, err := k.s.CountPerson(t.Context(), k.scope(), erased)
		require.NoError(t, err)
		require.Equal(t, before.Conversions+1, after.Conversions)
	})
}

// The owner's own numbers are in every call: they name nobody.
func TestErasingANumberThatWasCalledErasesNoCalls(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		k := knownIn(t, dsn)
		again := rings(onThePages, modeltest.Start)
		k.sh.call(t, "another call", again)
		count, err := k.s.CountPerson(t.Context(), k.scope(), erasing.Person{Phone: onThePages})
		require.NoError(t, err)
		require.Zero(t, count)
	})
}

func TestG9_NobodyErasesAPersonOfAnotherAccount(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		k := knownIn(t, dsn)
		other := modeltest.Site(t, k.s)
		_, err := k.s.CountPerson(t.Context(), erasing.Scope{AccountID: other.AccountID, SiteID: k.plan.Site.ID}, erased)
		requireCode(t, fault.NotFound, err)
		count, err := k.s.CountPerson(t.Context(), erasing.Scope{AccountID: other.AccountID}, erased)
		require.NoError(t, err)
		require.Zero(t, count)
	})
}
