package salesforce_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/destinations"
	"ringback/destinations/salesforce"
	"ringback/internal/delivery"
	"ringback/test/salesforcefake"
)

var _ destinations.SetupChecker = (*salesforce.Destination)(nil)

// unmet returns what CheckSetup finds wrong, as texts, and how many lines there are.
func (w *world) unmet(t *testing.T) (wrong []string, lines int) {
	t.Helper()
	findings := w.destination.CheckSetup(t.Context(), w.client, w.set)
	for _, f := range findings {
		said := text(f.Reason)
		require.NotEqual(t, string(f.Reason.Code), said, "a finding without a message")
		require.NotContains(t, said, "<no value>")
		if !f.Met {
			wrong = append(wrong, said)
		}
	}
	return wrong, len(findings)
}

func TestSetupCheckHasALineForEachCondition(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true), "create_lead", "yes")
	wrong, lines := w.unmet(t)
	require.Empty(t, wrong)
	require.Equal(t, 11, lines)
	require.Empty(t, w.org.Records("Task"), "it writes nothing")
}

func TestSetupCheckNamesTheRemedy(t *testing.T) {
	t.Parallel()
	restricted := salesforcefake.Field{
		Name: "Type", Type: "picklist", Createable: true, Restricted: true, PicklistValues: []salesforcefake.Choice{{Value: "Call", Active: true}, {Value: "Web Form"}},
	}
	for name, test := range map[string]struct {
		withPackage bool
		options     []string
		change      func(*world)
		remedies    []string
	}{
		"wrong secret":    {true, nil, func(w *world) { w.set.Credentials["client_secret"] = "other" }, []string{"copy both again"}},
		"no package":      {false, nil, func(*world) {}, []string{"bizible2__BizibleId__c of Task is missing", "bizible2__Bizible_Touchpoint_Date__c of Task is missing"}},
		"no id":           {true, nil, func(w *world) { w.org.RemoveField("Task", "CallObject") }, []string{"Choose another field in the setting id_field"}},
		"no phone field":  {true, []string{"phone_field", "Number__c"}, func(*world) {}, []string{"Number__c of Task is missing"}},
		"restricted type": {true, nil, func(w *world) { w.org.SetField("Task", restricted) }, []string{"does not take the value Web Form"}},
		"people hidden":   {true, nil, func(w *world) { w.org.RemoveField("Contact", "Email") }, []string{"cannot read Email, Phone and MobilePhone of Contact"}},
		"no new leads":    {true, []string{"create_lead", "yes"}, func(w *world) { w.org.RemoveField("Lead", "LastName") }, []string{"may not create leads"}},
		"nearly used up":  {true, nil, func(w *world) { w.org.Use(95_000) }, []string{"Ringback pauses at 90 %"}},
		"no access to Task": {true, nil, func(w *world) {
			w.org.Fail(salesforcefake.Fault{Path: "/sobjects/Task", Status: 404, Code: "NOT_FOUND"})
		}, []string{"cannot see or create Tasks"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, salesforcefake.New(test.withPackage), test.options...)
			test.change(w)
			wrong, _ := w.unmet(t)
			require.Len(t, wrong, len(test.remedies), "%q", wrong)
			for i, remedy := range test.remedies {
				require.Contains(t, wrong[i], remedy)
			}
		})
	}
}

func TestSetupCheckReadsWhatWasJustChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(false))
	wrong, _ := w.unmet(t)
	require.Len(t, wrong, 2)
	for _, name := range []string{"bizible2__BizibleId__c", "bizible2__Bizible_Touchpoint_Date__c"} {
		w.org.SetField("Task", salesforcefake.Field{Name: name, Type: "string", Createable: true})
	}
	wrong, _ = w.unmet(t)
	require.Empty(t, wrong)
	require.Equal(t, delivery.ClassDelivered, w.send(t, call()).Class)
}
