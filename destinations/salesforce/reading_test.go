package salesforce_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/crm"
	"ringback/destinations"
	"ringback/destinations/salesforce"
	"ringback/internal/delivery"
	"ringback/test/salesforcefake"
)

var _ destinations.CRMReader = (*salesforce.Destination)(nil)

// read returns the rows of an object, and why the reading ended early.
func (w *world) read(t *testing.T, object string) (rows int, failed *destinations.ReadFailure) {
	t.Helper()
	for page, err := range w.destination.Changes(t.Context(), w.client, w.set, object, crm.Position{}) {
		if err != nil {
			require.ErrorAs(t, err, &failed)
		}
		rows += page.Rows
	}
	return rows, failed
}

func TestReadingSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*world)
		class  delivery.Class
		wait   time.Duration
		remedy string
	}{
		"sign-in refused": {func(w *world) { w.set.Credentials["refresh_token"] = "revoked" }, delivery.ClassNotLetIn, time.Hour, "sign in again"},
		"requests used":   {func(w *world) { w.org.Use(95_000) }, delivery.ClassThrottled, 30 * time.Minute, "Ringback pauses at 90 %"},
		"not allowed": {func(w *world) {
			w.org.Fail(salesforcefake.Fault{Path: "/sobjects/Opportunity", Status: http.StatusNotFound, Code: "NOT_FOUND"})
		}, delivery.ClassRefused, 0, "give read access to this object"},
		"away": {func(w *world) { w.org.Fail(salesforcefake.Fault{Status: http.StatusServiceUnavailable}) }, delivery.ClassUnavailable, 0, "answered 503"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, salesforcefake.New(true), "read", "yes")
			w.org.Now = w.clock.Now
			if name == "requests used" {
				_, _ = w.read(t, "Opportunity") // so that the usage is known
			}
			test.change(w)
			if name == "requests used" {
				_, _ = w.read(t, "Opportunity")
			}
			rows, failed := w.read(t, "Opportunity")
			require.Zero(t, rows)
			require.NotNil(t, failed)
			require.Equal(t, test.class, failed.Class)
			require.Equal(t, test.wait, failed.RetryAfter)
			require.Contains(t, text(failed.Reason), test.remedy)
		})
	}
}

func TestReadingIsSwitchedOnByItsSetting(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	require.False(t, w.destination.Reads(w.set))
	before := w.destination.ReadingKey(w.set)
	w.set.Options["read"] = "yes"
	require.True(t, w.destination.Reads(w.set))
	require.Equal(t, before, w.destination.ReadingKey(w.set))
	w.set.Options["read_days"] = "30"
	require.NotEqual(t, before, w.destination.ReadingKey(w.set), "what is read at first has changed")
	for option, value := range map[string]string{"read_days": "0", "currency": "dollars", "read": "maybe"} {
		require.Len(t, w.destination.Validate(values("https://example.my.salesforce.com", option, value)), 1, option)
	}
}

func TestSetupCheckOfReadingHasALineForEachObject(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true), "read", "yes")
	wrong, lines := w.unmet(t)
	require.Empty(t, wrong)
	require.Equal(t, 10+len(w.destination.Objects()), lines)
	w.org.Fail(salesforcefake.Fault{Path: "/sobjects/OpportunityHistory", Status: http.StatusNotFound, Code: "NOT_FOUND"})
	wrong, _ = w.unmet(t)
	require.Len(t, wrong, 1)
	require.Contains(t, wrong[0], "cannot read OpportunityHistory")
}
