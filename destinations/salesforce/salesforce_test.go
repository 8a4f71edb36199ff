package salesforce_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/destinations/salesforce"
	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/internal/locale"
	"ringback/internal/outbound"
	"ringback/internal/settings"
	"ringback/test/salesforcefake"
)

var at = time.Date(2026, 3, 1, 2, 17, 0, 250_000_000, time.UTC)

const bizibleID = "7059e81415f34f7bbaf40fe32fdcba21"

func values(baseURL string, options ...string) settings.Values {
	s := settings.Values{
		Options:     map[string]string{"my_domain": baseURL},
		Credentials: map[string]string{"client_id": salesforcefake.ClientID, "client_secret": salesforcefake.ClientSecret},
	}
	for i := 0; i < len(options); i += 2 {
		s.Options[options[i]] = options[i+1]
	}
	return s
}

func call() delivery.Payload {
	return delivery.Payload{
		ID: "cnv_01sample", DeliveryID: "dlv_01sample", Kind: conversion.KindCall, At: at, Source: "api",
		Phone: "+12025550123", TrackingNumber: "+12025550100", Outcome: conversion.OutcomeAnswered, TalkSeconds: new(182),
		VisitorIDs: map[string]string{"bizible": bizibleID, "rtbhouse": "other"}, PageURL: "https://example.com/page",
	}
}

func lead() delivery.Payload {
	return delivery.Payload{
		ID: "cnv_02sample", DeliveryID: "dlv_02sample", Kind: conversion.KindLead, At: at, Source: "script",
		Name: "Sample Visitor", Phone: "+12025550124", Email: "visitor@example.com", Form: "Contact",
	}
}

// world is an org and the destination.
type world struct {
	org         *salesforcefake.Org
	clock       *clockwork.FakeClock
	client      *outbound.Client
	destination *salesforce.Destination
	set         settings.Values
}

func newWorld(t *testing.T, org *salesforcefake.Org, options ...string) *world {
	t.Helper()
	server := httptest.NewServer(org)
	t.Cleanup(server.Close)
	w := &world{org: org, clock: clockwork.NewFakeClockAt(at), client: outbound.New(outbound.Options{AllowPrivate: true}), set: values(server.URL, options...)}
	t.Cleanup(w.client.Close)
	w.destination = salesforce.New(w.clock)
	w.set.Tokens = &settings.MemoryTokens{}
	return w
}

func (w *world) send(t *testing.T, e delivery.Payload) delivery.Report {
	t.Helper()
	require.Empty(t, w.destination.Validate(w.set))
	return delivery.Attempt(t.Context(), w.client, w.clock, delivery.Send{To: w.destination, Payload: e, Settings: w.set, Timeout: time.Minute})
}

// delivered sends an event that must become a Task, and returns the reason as a text.
func (w *world) delivered(t *testing.T, e delivery.Payload) string {
	t.Helper()
	report := w.send(t, e)
	require.Equal(t, delivery.ClassDelivered, report.Class, "%+v", report.Reason)
	return text(report.Reason)
}

func text(r delivery.Reason) string { return explanation.In(locale.English).Reason(r) }

func (w *world) task(t *testing.T) salesforcefake.Record {
	t.Helper()
	tasks := w.org.Records("Task")
	require.Len(t, tasks, 1)
	return tasks[0]
}

func TestM2_CallBecomesATask(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true), "time_zone", "America/New_York")
	contact := w.org.Add("Contact", salesforcefake.Record{"LastName": "Sample", "Phone": "(202) 555-0123", "Email": "contact@example.com"})
	said := w.delivered(t, call())
	task := w.task(t)
	want := salesforcefake.Record{
		"Subject": "Inbound call from +12025550123", "Type": "Call", "Status": "Completed", "Priority": "Normal",
		"ActivityDate": "2026-02-28", "WhoId": contact, "CallType": "Inbound", "CallDurationInSeconds": 182.0, "CallDisposition": "answered",
		"CallObject": "ringback:cnv_01sample", "bizible2__BizibleId__c": bizibleID,
		"bizible2__Bizible_Touchpoint_Date__c": "2026-03-01T02:17:00.250Z",
		"Description":                          "Phone: +12025550123\nCalled number: +12025550100\nOutcome: answered\nTalk time in seconds: 182\nSource: api\nPage: https://example.com/page",
	}
	for name, value := range want {
		require.Equal(t, value, task[name], name)
	}
	require.Equal(t, "the Task "+task["Id"].(string)+" was created, for a contact", said)
}

func TestM2_LeadBecomesATask(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true), "task_type", "Other", "phone_field", "Phone_Number__c")
	w.org.SetField("Task", salesforcefake.Field{Name: "Phone_Number__c", Type: "phone", Length: 40, Createable: true})
	w.delivered(t, lead())
	task := w.task(t)
	require.Equal(t, "Web Form", task["Type"])
	require.Equal(t, "Web form from Sample Visitor", task["Subject"])
	require.Equal(t, "+12025550124", task["Phone_Number__c"])
	require.NotContains(t, task, "CallType")
	require.NotContains(t, task, "bizible2__BizibleId__c", "no BizibleId is known")
}

func TestWhichPersonATaskIsAttachedTo(t *testing.T) {
	t.Parallel()
	person := func(phone, email string) salesforcefake.Record {
		r := salesforcefake.Record{"LastName": "Sample", "Phone": phone}
		if email != "" {
			r["Email"] = email
		}
		return r
	}
	converted := maps.Clone(person("+1 202-555-0123", "old@example.com"))
	converted["IsConverted"] = true
	for name, test := range map[string]struct {
		contacts, leads []salesforcefake.Record
		event           delivery.Payload
		object          string // empty if nobody
		index           int
		said            string
	}{
		"contact before lead":           {[]salesforcefake.Record{person("202 555 0123", "")}, []salesforcefake.Record{person("2025550123", "a@example.com")}, call(), "Contact", 0, "no e-mail address"},
		"lead":                          {nil, []salesforcefake.Record{person("+12025550123", "a@example.com")}, call(), "Lead", 0, "for a lead"},
		"converted lead":                {nil, []salesforcefake.Record{converted}, call(), "", 0, "attached to nobody"},
		"with an e-mail address":        {[]salesforcefake.Record{person("2025550123", "a@example.com"), person("2025550123", "")}, nil, call(), "Contact", 0, "several fit"},
		"the newest":                    {[]salesforcefake.Record{person("2025550123", "a@example.com"), person("2025550123", "b@example.com")}, nil, call(), "Contact", 1, "several fit"},
		"digits that only look similar": {[]salesforcefake.Record{person("20255501234", "a@example.com")}, nil, call(), "", 0, "attached to nobody"},
		"by e-mail before phone":        {[]salesforcefake.Record{person("2025550124", ""), person("2025550199", "VISITOR@example.com")}, nil, lead(), "Contact", 1, "for a contact"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, salesforcefake.New(true))
			w.org.Now = w.clock.Now
			ids := map[string][]string{}
			for object, rows := range map[string][]salesforcefake.Record{"Contact": test.contacts, "Lead": test.leads} {
				for _, row := range rows {
					ids[object] = append(ids[object], w.org.Add(object, row))
					w.clock.Advance(time.Second)
				}
			}
			require.Contains(t, w.delivered(t, test.event), test.said)
			if test.object == "" {
				require.NotContains(t, w.task(t), "WhoId")
				return
			}
			require.Equal(t, ids[test.object][test.index], w.task(t)["WhoId"])
		})
	}
}

func TestPersonThatWasDeletedMeanwhileIsReplacedByTheNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	w.org.Add("Contact", salesforcefake.Record{"LastName": "Sample", "Phone": "2025550123"})
	w.org.Fail(salesforcefake.Fault{Method: http.MethodPost, Path: "/sobjects/Task", Times: 1, Status: 400, Code: "INVALID_CROSS_REFERENCE_KEY"})
	require.Contains(t, w.delivered(t, call()), "attached to nobody")
}

func TestNewLead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true), "create_lead", "yes")
	require.Contains(t, w.delivered(t, lead()), "for a new lead")
	made := w.org.Records("Lead")
	require.Len(t, made, 1)
	require.Equal(t, "Visitor", made[0]["LastName"])
	require.Equal(t, "Sample", made[0]["FirstName"])
	require.Equal(t, "[not provided]", made[0]["Company"])
	require.Equal(t, made[0]["Id"], w.task(t)["WhoId"])

	withheld := call()
	withheld.ID, withheld.Phone = "cnv_03sample", ""
	require.Contains(t, w.delivered(t, withheld), "attached to nobody")
	require.Len(t, w.org.Records("Lead"), 1, "nobody could be recognized by it")
}

func TestNewLeadIsCreatedOnceAlthoughTheIndexLags(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true), "create_lead", "yes")
	w.org.IndexLag = true
	w.org.Fail(salesforcefake.Fault{Method: http.MethodPost, Path: "/sobjects/Lead", Times: 1, Lost: true})
	e := lead()
	require.Equal(t, delivery.ClassNetwork, w.send(t, e).Class)
	e.Repeat = true
	w.delivered(t, e)
	require.Len(t, w.org.Records("Lead"), 1)
	require.Equal(t, w.org.Records("Lead")[0]["Id"], w.task(t)["WhoId"])
}

func TestDuplicateRulesAreRespectedUnlessTheOwnerSaysOtherwise(t *testing.T) {
	t.Parallel()
	for ignore, leads := range map[string]int{"no": 0, "yes": 1} {
		w := newWorld(t, salesforcefake.New(true), "create_lead", "yes", "ignore_duplicate_rules", ignore)
		w.org.DuplicateRule, w.org.IndexLag = true, true // the search does not find the contact, and the rule does
		contact := w.org.Add("Contact", salesforcefake.Record{"LastName": "Sample", "Email": "visitor@example.com"})
		said := w.delivered(t, lead())
		require.Len(t, w.org.Records("Lead"), leads)
		if ignore == "no" {
			require.Contains(t, said, "a duplicate rule found an existing contact")
			require.Equal(t, contact, w.task(t)["WhoId"])
		}
	}
}

func TestCallIsNotLostIfALeadIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true), "create_lead", "yes")
	w.org.Fail(salesforcefake.Fault{Method: http.MethodPost, Path: "/sobjects/Lead", Status: 400, Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION"})
	require.Contains(t, w.delivered(t, lead()), "Salesforce refused the new lead (FIELD_CUSTOM_VALIDATION_EXCEPTION)")
	require.NotContains(t, w.task(t), "WhoId")
}

func TestFieldsThatTheUserMayNotSetAreLeftOutAndSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(false))
	w.org.RemoveField("Task", "CallDisposition")
	said := w.delivered(t, call())
	require.Contains(t, said, "may not set these fields: CallDisposition, bizible2__BizibleId__c, bizible2__Bizible_Touchpoint_Date__c")

	other := call()
	other.ID = "cnv_04sample"
	w.org.RemoveField("Task", "CallType") // since it was described
	require.Contains(t, w.delivered(t, other), "CallType")
	require.Len(t, w.org.Records("Task"), 2)
}

func TestDuplicateIsRecognizedByItsIDAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true), "create_lead", "yes")
	w.org.DuplicateRule, w.org.IndexLag, w.org.BareMatches = true, true, true
	w.org.Add("Lead", salesforcefake.Record{"LastName": "Sample", "Company": "Sample", "Email": "other@example.com", "Phone": "+12025550124", "IsConverted": true})
	contact := w.org.Add("Contact", salesforcefake.Record{"LastName": "Sample", "Email": "visitor@example.com"})
	w.delivered(t, lead())
	require.Equal(t, contact, w.task(t)["WhoId"], "contacts come first")
}
