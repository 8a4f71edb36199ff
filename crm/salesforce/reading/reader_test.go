package reading_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/crm"
	"ringback/crm/salesforce"
	"ringback/crm/salesforce/reading"
	"ringback/internal/outbound"
	"ringback/test/salesforcefake"
	"ringback/touchpoints"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

const bizibleID = "08c1063cb0a64349ad0d2d862f5cc700"

// world is an org with a clock of its own, and a reader of it.
type world struct {
	*salesforcefake.Org
	clock  *clockwork.FakeClock
	reader *reading.Reader
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Org: salesforcefake.New(true), clock: clockwork.NewFakeClockAt(noon)}
	w.Now = w.clock.Now
	server := httptest.NewServer(w.Org)
	t.Cleanup(server.Close)
	client := outbound.New(outbound.Options{AllowPrivate: true})
	t.Cleanup(client.Close)
	w.reader = reading.New(salesforce.NewOrgs(w.clock).Client(client, salesforce.Connection{
		BaseURL: server.URL, Version: salesforce.DefaultVersion, ClientID: salesforcefake.ClientID, ClientSecret: salesforcefake.ClientSecret,
	}), reading.Settings{
		BizibleField: "bizible2__BizibleId__c", DateField: "bizible2__Bizible_Touchpoint_Date__c", IDField: "CallObject",
		Marker: "ringback:", Currency: "USD", Zone: time.UTC, Since: noon.AddDate(-1, 0, 0),
	})
	return w
}

// pages returns the pages of what changed after a position.
func (w *world) pages(t *testing.T, object string, after crm.Position) []crm.Page {
	t.Helper()
	var pages []crm.Page
	for page, err := range w.reader.Changes(t.Context(), object, after) {
		require.NoError(t, err)
		pages = append(pages, page)
	}
	return pages
}

// one returns the only page of an object.
func (w *world) one(t *testing.T, object string) crm.Page {
	t.Helper()
	pages := w.pages(t, object, crm.Position{})
	require.Len(t, pages, 1)
	return pages[0]
}

func TestM7_TasksAreReadWithWhatTouchpointsNeed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	long := strings.Repeat("x", 300)
	timed := w.Add("Task", salesforcefake.Record{
		"Type": long, "bizible2__BizibleId__c": bizibleID, "bizible2__Bizible_Touchpoint_Date__c": "2026-05-04T19:17:00.000+0000",
		"CallObject": "ringback:cnv_1", "WhoId": "00Q1", "ActivityDate": "2026-05-04",
	})
	dated := w.Add("Task", salesforcefake.Record{"bizible2__BizibleId__c": bizibleID, "ActivityDate": "2026-05-04", "IsArchived": true})
	other := w.Add("Task", salesforcefake.Record{"Type": "Email", "IsDeleted": true, "CallObject": "somebody else's"})
	page := w.one(t, "Task")
	require.Equal(t, []crm.Task{
		{ID: timed, ConversionID: "cnv_1", Person: "00Q1", Type: long, BizibleID: bizibleID, At: noon.Add(7*time.Hour + 17*time.Minute), ChangedAt: noon},
		{ID: dated, BizibleID: bizibleID, At: noon.Add(-12 * time.Hour), DateOnly: true, ChangedAt: noon},
		{ID: other, Type: "Email", Deleted: true, ChangedAt: noon},
	}, page.Tasks)
	require.True(t, page.Tasks[1].IsOfCall())
	require.False(t, page.Tasks[2].IsOfCall())
	require.Equal(t, 3, page.Rows)
	require.Equal(t, 1, page.Deleted)

	w.clock.Advance(time.Hour)
	w.Change("Task", dated, salesforcefake.Record{"Type": "Left Message"})
	again := w.pages(t, "Task", page.Last)
	require.Len(t, again, 1)
	require.Len(t, again[0].Tasks, 1, "what did not change is not read again")
	require.Equal(t, "Left Message", again[0].Tasks[0].Type)
	require.Empty(t, w.pages(t, "Task", again[0].Last)[0].Tasks)
}

func TestALeadThatWasConvertedIsItsContact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leadID := w.Add("Lead", salesforcefake.Record{"Email": "visitor@example.com", "MobilePhone": "(202) 555-0123", "SystemModstamp": "2020-01-01T00:00:00.000+0000"})
	require.Equal(t, []crm.Person{{ID: leadID, Email: "visitor@example.com", Phone: "(202) 555-0123", AddedAt: noon}}, w.one(t, "Lead").People,
		"people are read from the beginning")
	taskID := w.Add("Task", salesforcefake.Record{"WhoId": leadID, "bizible2__BizibleId__c": bizibleID})

	w.clock.Advance(time.Hour)
	contact := w.Convert(leadID, "001A")
	require.Equal(t, contact, w.one(t, "Lead").People[0].SameAs)
	require.Equal(t, crm.Person{
		ID: contact, Account: "001A", Email: "visitor@example.com", Phone: "(202) 555-0123", AddedAt: noon.Add(time.Hour),
	}, w.one(t, "Contact").People[0])
	tasks := w.one(t, "Task").Tasks
	require.Equal(t, taskID, tasks[0].ID)
	require.Equal(t, contact, tasks[0].Person)
}

func TestOpportunitiesAreReadWithTheirPeopleAndStages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	deal := w.Add("Opportunity", salesforcefake.Record{"AccountId": "001A", "Amount": 1234.565, "StageName": "Prospecting", "CloseDate": "2026-06-30"})
	bare := w.Add("Opportunity", salesforcefake.Record{"StageName": "Prospecting"})
	role := w.Add("OpportunityContactRole", salesforcefake.Record{"OpportunityId": deal, "ContactId": "003A", "IsPrimary": true})
	w.Add("OpportunityContactRole", salesforcefake.Record{"OpportunityId": deal, "ContactId": "003B", "IsPrimary": false})
	first := w.one(t, "Opportunity")
	require.Equal(t, []crm.Opportunity{
		{
			ID: deal, Account: "001A", OpenedAt: noon, Amount: 123457, Currency: "USD",
			People: []touchpoints.Role{{Person: "003A", Primary: true}, {Person: "003B"}}, Stages: []touchpoints.StageEntry{{Stage: "Prospecting", At: noon}},
		},
		{ID: bare, OpenedAt: noon, Currency: "USD", Stages: []touchpoints.StageEntry{{Stage: "Prospecting", At: noon}}},
	}, first.Opportunities, "an opportunity without people and without an amount is one too")

	w.clock.Advance(time.Hour)
	w.Change("OpportunityContactRole", role, salesforcefake.Record{"IsDeleted": true})
	roles := w.pages(t, "OpportunityContactRole", first.Last)[0]
	require.Equal(t, []touchpoints.Role{{Person: "003B"}}, roles.Opportunities[0].People, "a person who is taken away changes the opportunity")
	require.Equal(t, 1, roles.Deleted)

	w.Change("Opportunity", deal, salesforcefake.Record{"StageName": "Closed Won"})
	w.clock.Advance(time.Hour)
	w.Change("Opportunity", deal, salesforcefake.Record{"Amount": 2000.0})
	w.SetField("Opportunity", salesforcefake.Field{Name: "CurrencyIsoCode", Type: "picklist"})
	w.Change("Opportunity", bare, salesforcefake.Record{"IsDeleted": true})
	w.clock.Advance(time.Hour) // the description is read again
	won := w.pages(t, "Opportunity", roles.Last)[0].Opportunities
	require.True(t, won[0].Won)
	require.Equal(t, noon.Add(time.Hour), won[0].ClosedAt, "when it entered the stage, and not when it was last changed")
	require.Equal(t, int64(200000), won[0].Amount)
	require.True(t, won[1].Deleted)
	require.Len(t, w.one(t, "OpportunityHistory").Opportunities, 2)
}

func TestAClosedOpportunityWithoutHistoryClosesAtTheEndOfItsCloseDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Add("Opportunity", salesforcefake.Record{"IsClosed": true, "IsWon": true, "CloseDate": "2026-06-30"})
	require.Equal(t, time.Date(2026, 6, 30, 23, 59, 59, 0, time.UTC), w.one(t, "Opportunity").Opportunities[0].ClosedAt)
}

func TestEveryPageIsReadAlthoughRecordsChangeMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const tasks = 2*salesforcefake.PageSize + 1
	var ids []string
	for i := range tasks {
		ids = append(ids, w.Add("Task", salesforcefake.Record{"Subject": fmt.Sprint(i), "IsArchived": i%2 == 0, "IsDeleted": i%3 == 0}))
	}
	seen, pages := map[string]string{}, 0
	var last crm.Position
	for page, err := range w.reader.Changes(t.Context(), "Task", last) {
		require.NoError(t, err)
		if pages++; pages == 1 {
			w.clock.Advance(time.Minute)
			w.Change("Task", ids[0], salesforcefake.Record{"Type": "changed"})           // was on this page
			w.Change("Task", ids[tasks-1], salesforcefake.Record{"Type": "changed too"}) // is on a later one
		}
		for _, task := range page.Tasks {
			seen[task.ID] = task.Type
		}
		last = page.Last
		if pages == 2 {
			break // as a process that is killed
		}
	}
	for _, page := range w.pages(t, "Task", last) {
		for _, task := range page.Tasks {
			seen[task.ID] = task.Type
		}
	}
	require.Len(t, seen, tasks)
	require.Equal(t, "changed", seen[ids[0]])
	require.Equal(t, "changed too", seen[ids[tasks-1]])
}

func TestManyOpportunitiesAreAskedForInAddressesThatAreShortEnough(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const deals = 700
	for range deals {
		w.Add("OpportunityContactRole", salesforcefake.Record{"OpportunityId": w.Add("Opportunity", salesforcefake.Record{"StageName": "Prospecting"}), "ContactId": "003A"})
	}
	page := w.one(t, "OpportunityContactRole")
	require.Len(t, page.Opportunities, deals)
	require.Len(t, page.Opportunities[deals-1].People, 1)
	require.Equal(t, 1+3*3, w.Count(http.MethodGet, "/queryAll"))
}

func TestFieldsThatTheUserMayNotSeeAreLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"bizible2__BizibleId__c", "bizible2__Bizible_Touchpoint_Date__c"} {
		w.RemoveField("Task", name)
	}
	w.Add("Task", salesforcefake.Record{"CallObject": "ringback:cnv_1"})
	require.True(t, w.one(t, "Task").Tasks[0].IsOfCall())
	w.Fail(salesforcefake.Fault{Path: "/sobjects/Contact", Status: http.StatusNotFound, Code: "NOT_FOUND"})
	for _, err := range w.reader.Changes(t.Context(), "Contact", crm.Position{}) {
		require.True(t, salesforce.HasCode(err, "NOT_FOUND"))
	}
}
