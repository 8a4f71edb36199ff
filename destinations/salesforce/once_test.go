package salesforce_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/internal/settings"
	"ringback/test/salesforcefake"
)

func externalID() salesforcefake.Field {
	return salesforcefake.Field{Name: "Ringback_Id__c", Type: "string", Length: 255, Createable: true, Filterable: true, ExternalID: true}
}

func TestM2_LostAnswerMakesNoSecondTask(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options []string
		method  string
		pause   time.Duration
	}{
		"by marker":      {nil, http.MethodPost, 2 * time.Minute},
		"by external id": {[]string{"id_field", "Ringback_Id__c"}, http.MethodPatch, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, salesforcefake.New(true), test.options...)
			w.org.SetField("Task", externalID())
			w.org.Fail(salesforcefake.Fault{Method: test.method, Path: "/sobjects/Task", Times: 1, Lost: true})
			e := call()
			lost := w.send(t, e)
			require.Equal(t, delivery.ClassNetwork, lost.Class)
			require.Equal(t, test.pause, lost.RetryAfter, "Salesforce may still be working on it")
			w.org.Change("Task", w.task(t)["Id"].(string), salesforcefake.Record{"Type": "Left Message"})

			e.Repeat = true
			require.Contains(t, w.delivered(t, e), "existed already")
			require.Equal(t, "Left Message", w.task(t)["Type"], "what people changed stays")
		})
	}
}

func TestRepeatIsFoundAmongArchivedTasks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	e := call()
	w.delivered(t, e)
	w.org.Change("Task", w.task(t)["Id"].(string), salesforcefake.Record{"IsArchived": true})
	e.Repeat = true
	w.delivered(t, e)
	require.Len(t, w.org.Records("Task"), 1)
}

func TestTwoTasksOfOneCallAreSaid(t *testing.T) {
	t.Parallel()
	for name, field := range map[string]string{"by marker": "CallObject", "by external id": "Ringback_Id__c"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, salesforcefake.New(true), "id_field", field)
			w.org.SetField("Task", externalID())
			first := w.org.Add("Task", salesforcefake.Record{field: "ringback:cnv_01sample"})
			w.org.Add("Task", salesforcefake.Record{field: "ringback:cnv_01sample"})
			e := call()
			e.Repeat = field == "CallObject" // without it, the upsert itself is answered with 300
			require.Contains(t, w.delivered(t, e), "the older one is "+first)
			require.Len(t, w.org.Records("Task"), 2)
		})
	}
}

func TestWithoutAFieldForTheIDNothingIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	w.org.RemoveField("Task", "CallObject")
	report := w.send(t, call())
	require.Equal(t, delivery.ClassInvalid, report.Class)
	require.Contains(t, text(report.Reason), "the field CallObject of Task is missing")
	require.Empty(t, w.org.Records("Task"))
}

func TestErrorsGoByTheirCodeBeforeTheStatus(t *testing.T) {
	t.Parallel()
	for code, test := range map[string]struct {
		status int
		class  delivery.Class
	}{
		"UNABLE_TO_LOCK_ROW":                      {400, delivery.ClassUnavailable},
		"SERVER_UNAVAILABLE":                      {503, delivery.ClassUnavailable},
		"QUERY_TIMEOUT":                           {400, delivery.ClassUnavailable},
		"UNKNOWN_EXCEPTION":                       {500, delivery.ClassUnavailable},
		"REQUEST_LIMIT_EXCEEDED":                  {403, delivery.ClassThrottled},
		"INSUFFICIENT_ACCESS_OR_READONLY":         {403, delivery.ClassRefused},
		"API_DISABLED_FOR_ORG":                    {403, delivery.ClassRefused},
		"INVALID_SESSION_ID":                      {401, delivery.ClassNotLetIn},
		"STRING_TOO_LONG":                         {400, delivery.ClassRefused},
		"FIELD_CUSTOM_VALIDATION_EXCEPTION":       {400, delivery.ClassRefused},
		"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": {400, delivery.ClassRefused},
		"": {410, delivery.ClassRefused},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, salesforcefake.New(true))
			w.org.Fail(salesforcefake.Fault{Method: http.MethodPost, Path: "/sobjects/Task", Status: test.status, Code: code})
			report := w.send(t, call())
			require.Equal(t, test.class, report.Class, "%+v", report.Reason)
			require.Equal(t, test.status, report.Status)
			require.Empty(t, w.org.Records("Task"))
		})
	}
}

func TestAnswersBeforeSalesforceLeaveTheOutcomeUnknown(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]time.Duration{408: 2 * time.Minute, 500: 0, 502: 2 * time.Minute, 503: 0, 504: 2 * time.Minute} {
		w := newWorld(t, salesforcefake.New(true))
		w.org.Fail(salesforcefake.Fault{Method: http.MethodPost, Path: "/sobjects/Task", Status: status})
		report := w.send(t, call())
		require.Equal(t, delivery.ClassUnavailable, report.Class)
		require.Equal(t, want, report.RetryAfter, "%d", status)
	}
}

func TestErrorsThatQuoteThePersonAreNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	w.org.SetField("Task", salesforcefake.Field{Name: "Subject", Type: "picklist", Createable: true, Restricted: true})
	report := w.send(t, lead())
	require.Equal(t, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", report.Reason.ErrorCode)
	require.NotContains(t, text(report.Reason), "Sample Visitor")
}

func TestRefusedSignInWaitsForAPerson(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*world)
		said   string
	}{
		"revoked": {func(w *world) {
			w.set.Credentials["refresh_token"] = salesforcefake.RefreshToken
			w.org.Revoke()
		}, "sign in again"},
		"wrong secret": {func(w *world) { w.set.Credentials["client_secret"] = "other" }, "copy both again"},
		"wrong key":    {func(w *world) { w.set.Credentials["client_id"] = "other" }, "copy both again"},
		"flow switched off": {func(w *world) {
			w.org.Fail(salesforcefake.Fault{Path: "/services/oauth2/token", Status: 400, Code: "unsupported_grant_type"})
		}, "switch on the client credentials flow"},
		"not approved": {func(w *world) {
			w.org.Fail(salesforcefake.Fault{Path: "/services/oauth2/token", Status: 400, Code: "app_not_approved"})
		}, "ask an administrator to approve the app"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, salesforcefake.New(true))
			test.change(w)
			report := w.send(t, call())
			require.Equal(t, delivery.ClassNotLetIn, report.Class)
			require.True(t, report.Class.Retryable())
			require.Equal(t, time.Hour, report.RetryAfter)
			require.Contains(t, text(report.Reason), test.said)
			require.NotContains(t, report.Request.Body, salesforcefake.ClientSecret)
			require.NotContains(t, report.Request.Body, salesforcefake.RefreshToken)
		})
	}
}

func TestPausesAtNinetyPercentOfTheDaysRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	w.org.DailyLimit = 1000
	w.org.Use(890)
	w.delivered(t, call())
	w.org.Use(899)
	next := call()
	next.ID = "cnv_05sample"
	w.delivered(t, next)

	third := call()
	third.ID = "cnv_06sample"
	before := len(w.org.Requests())
	paused := w.send(t, third)
	require.Equal(t, delivery.ClassThrottled, paused.Class)
	require.Equal(t, 30*time.Minute, paused.RetryAfter)
	require.Equal(t, "the org has used 901 of the 1000 API requests that it has in 24 hours; Ringback pauses at 90 %", text(paused.Reason))
	require.Len(t, w.org.Requests(), before, "a pause costs no request")

	w.clock.Advance(30 * time.Minute)
	require.Equal(t, delivery.ClassThrottled, w.send(t, third).Class)
	require.Len(t, w.org.Requests(), before+1, "it reads the usage")
	w.org.Use(100)
	w.clock.Advance(30 * time.Minute)
	w.delivered(t, third)
}

func TestTestEventIsMarkedAndDeletedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true), "create_lead", "yes")
	e := call()
	e.Test = true
	require.Contains(t, w.delivered(t, e), "created as a test and deleted again")
	require.Empty(t, w.org.Records("Task"))
	require.Empty(t, w.org.Records("Lead"), "a test creates no lead")
}

func TestG8_TokensAreNotRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	w.set.Credentials["refresh_token"] = salesforcefake.RefreshToken
	w.org.Rotate = true
	w.set.Tokens = &settings.MemoryTokens{}
	org := w.org
	echo := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/sobjects/Task") {
			out.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(out, "you sent %s", r.Header.Get("Authorization"))
			return
		}
		org.ServeHTTP(out, r)
	}))
	t.Cleanup(echo.Close)
	w.set.Options["my_domain"] = echo.URL
	recorder := delivery.NewRecorder(w.client, delivery.NewRedactor(w.set.Credentials), w.clock)
	w.destination.Send(t.Context(), recorder, call(), w.set)
	require.NotEmpty(t, recorder.Exchanges())
	for _, exchange := range recorder.Exchanges() {
		for _, kept := range []delivery.Message{exchange.Request, exchange.Response} {
			require.NotContains(t, kept.Body, "access-token-1")
			require.NotContains(t, kept.Body, "sample-refresh-token")
			require.NotContains(t, fmt.Sprint(kept.Headers), "access-token-1")
		}
	}
}
