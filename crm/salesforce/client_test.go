package salesforce_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/crm/salesforce"
	"ringback/internal/outbound"
	"ringback/internal/settings"
	"ringback/test/salesforcefake"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// world is an org with a client of it.
type world struct {
	org    *salesforcefake.Org
	orgs   *salesforce.Orgs
	clock  *clockwork.FakeClock
	doer   salesforce.Doer
	to     salesforce.Connection
	tokens *settings.MemoryTokens
}

func newWorld(t *testing.T, org *salesforcefake.Org) *world {
	t.Helper()
	server := httptest.NewServer(org)
	t.Cleanup(server.Close)
	client := outbound.New(outbound.Options{AllowPrivate: true})
	t.Cleanup(client.Close)
	w := &world{org: org, clock: clockwork.NewFakeClockAt(now), doer: client, tokens: &settings.MemoryTokens{}}
	w.orgs = salesforce.NewOrgs(w.clock)
	w.to = salesforce.Connection{
		BaseURL: server.URL, Version: salesforce.DefaultVersion, ClientID: salesforcefake.ClientID,
		ClientSecret: salesforcefake.ClientSecret, Tokens: w.tokens,
	}
	return w
}

func (w *world) client() *salesforce.Client { return w.orgs.Client(w.doer, w.to) }

func TestTokenIsKeptAndRenewedOnceWhenTheSessionEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	for range 3 {
		_, err := w.client().Create(t.Context(), "Task", salesforce.Values{"Subject": "one"}, nil)
		require.NoError(t, err)
	}
	require.Equal(t, 1, w.org.Logins(), "the token is kept for the next client")

	w.org.EndSessions()
	_, err := w.client().Create(t.Context(), "Task", salesforce.Values{"Subject": "two"}, nil)
	require.NoError(t, err)
	require.Equal(t, 2, w.org.Logins())

	w.org.Fail(salesforcefake.Fault{Path: "/sobjects", Status: http.StatusUnauthorized, Code: salesforce.CodeInvalidSession})
	before := w.org.Count(http.MethodPost, "/sobjects")
	_, err = w.client().Create(t.Context(), "Task", salesforce.Values{"Subject": "three"}, nil)
	require.True(t, salesforce.HasCode(err, salesforce.CodeInvalidSession))
	require.Equal(t, before+2, w.org.Count(http.MethodPost, "/sobjects"), "it is repeated once and not again")
}

func TestRefreshTokenIsStoredBeforeItIsUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	w.org.Rotate = true
	w.to.RefreshToken = salesforcefake.RefreshToken
	for i := range 3 {
		w.org.EndSessions()
		_, err := w.client().Create(t.Context(), "Task", salesforce.Values{"Subject": fmt.Sprint(i)}, nil)
		require.NoError(t, err, "the token that replaced the used one is used next")
	}
	tokens, err := w.tokens.Load(t.Context())
	require.NoError(t, err)
	require.Equal(t, "sample-refresh-token-3", tokens.Values["refresh_token"])

	broken := errors.New("the database is away")
	w.to.Tokens = unstorable{w.tokens, broken}
	w.org.EndSessions()
	_, err = w.client().Create(t.Context(), "Task", salesforce.Values{"Subject": "lost"}, nil)
	require.ErrorIs(t, err, broken)
	require.Len(t, w.org.Records("Task"), 3, "a token that was not stored is not used")
}

// unstorable renews tokens and cannot store them.
type unstorable struct {
	settings.Tokens
	err error
}

func (u unstorable) Renew(ctx context.Context, _ int64, renew func(context.Context, settings.TokenSet) (map[string]string, error)) (settings.TokenSet, error) {
	current, _ := u.Load(ctx)
	if _, err := renew(ctx, current); err != nil {
		return settings.TokenSet{}, err
	}
	return settings.TokenSet{}, u.err
}

func TestRefusedLogins(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*world)
		code   string
	}{
		"unknown key":     {func(w *world) { w.to.ClientID = "other" }, salesforce.LoginInvalidID},
		"wrong secret":    {func(w *world) { w.to.ClientSecret = "other" }, salesforce.LoginInvalidClient},
		"revoked sign-in": {func(w *world) { w.to.RefreshToken = "gone" }, salesforce.LoginInvalidGrant},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, salesforcefake.New(true))
			test.change(w)
			_, err := w.client().Describe(t.Context(), "Task")
			var failed *salesforce.Error
			require.ErrorAs(t, err, &failed)
			require.Equal(t, test.code, failed.Code)
			require.True(t, failed.Login)
			require.NotContains(t, err.Error(), w.to.ClientSecret)
		})
	}
}

func TestDescriptionIsUsedForAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	for range 3 {
		object, err := w.client().Describe(t.Context(), "Task")
		require.NoError(t, err)
		require.True(t, object.CanCreate("bizible2__BizibleId__c"))
	}
	require.Equal(t, 1, w.org.Count(http.MethodGet, "/sobjects/Task/describe"))
	w.org.RemoveField("Task", "bizible2__BizibleId__c")
	w.clock.Advance(time.Hour)
	object, err := w.client().Describe(t.Context(), "Task")
	require.NoError(t, err)
	require.False(t, object.CanCreate("bizible2__BizibleId__c"))
}

func TestLongDescriptionIsReadWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	for i := range 2000 {
		w.org.SetField("Task", salesforcefake.Field{Name: fmt.Sprintf("Custom_%04d__c", i), Type: "string", Createable: true})
	}
	object, err := w.client().Describe(t.Context(), "Task")
	require.NoError(t, err)
	require.True(t, object.CanCreate("Custom_1999__c"))
}

func TestQueryAllReadsEveryPageAndDeletedAndArchivedRows(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	for i := range 2*salesforcefake.PageSize + 1 {
		w.org.Add("Task", salesforcefake.Record{"Subject": fmt.Sprint(i), "IsArchived": i%2 == 0, "IsDeleted": i%3 == 0})
	}
	seen := map[string]bool{}
	for row, err := range w.client().QueryAll(t.Context(), "SELECT Id, Subject, IsDeleted FROM Task ORDER BY SystemModstamp, Id") {
		require.NoError(t, err)
		require.Equal(t, "Task", row.Object())
		seen[row.Text("Id")] = true
	}
	require.Len(t, seen, 2*salesforcefake.PageSize+1)
	require.Equal(t, 3, w.org.Count(http.MethodGet, "/queryAll"))
}

func TestQuotedTextsEndNoLiteral(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	odd := `O'Neil \' OR Id != '`
	w.org.Add("Task", salesforcefake.Record{"Subject": odd})
	w.org.Add("Task", salesforcefake.Record{"Subject": "other"})
	n := 0
	for row, err := range w.client().QueryAll(t.Context(), "SELECT Id, Subject FROM Task WHERE Subject = "+salesforce.Quote(odd)) {
		require.NoError(t, err)
		require.Equal(t, odd, row.Text("Subject"))
		n++
	}
	require.Equal(t, 1, n)
}

func TestUsageIsReadFromEveryAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	w.org.DailyLimit = 100
	w.org.Use(88)
	require.Zero(t, w.client().Usage())
	_, err := w.client().Describe(t.Context(), "Task")
	require.NoError(t, err)
	require.False(t, w.client().Usage().Above(0.9))
	usage, err := w.client().ReadUsage(t.Context())
	require.NoError(t, err)
	require.Equal(t, salesforce.Usage{Used: 90, Limit: 100, At: now}, usage)
	require.True(t, usage.Above(0.9))

	w.org.Use(100)
	_, err = w.client().Create(t.Context(), "Task", salesforce.Values{"Subject": "one"}, nil)
	require.True(t, salesforce.HasCode(err, salesforce.CodeRequestLimit))
	require.True(t, w.client().Usage().Above(1))
}

func TestErrorsAreReadFromAListAndFromAnObject(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]salesforce.Error{
		`[{"message":"m","errorCode":"A","fields":["F"]},{"errorCode":"B"}]`: {Code: "A", Message: "m", Fields: []string{"F"}},
		`{"message":"m","errorCode":"A"}`:                                    {Code: "A", Message: "m"},
		`[]`:                                                                 {}, `<html>`: {}, ``: {}, `["text"]`: {}, `null`: {},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				_, _ = w.Write([]byte(`{"access_token":"sample"}`))
				return
			}
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write([]byte(body))
		}))
		w := newWorld(t, salesforcefake.New(true))
		w.to.BaseURL = server.URL
		_, err := w.client().Describe(t.Context(), "Task")
		var failed *salesforce.Error
		require.ErrorAs(t, err, &failed)
		want.Status = http.StatusConflict
		require.Equal(t, want, *failed, body)
		server.Close()
	}
}

func TestUpsertAndDeleteMayBeRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, salesforcefake.New(true))
	w.org.SetField("Task", salesforcefake.Field{Name: "Ringback__c", Type: "string", Createable: true, ExternalID: true})
	first, err := w.client().Upsert(t.Context(), "Task", "Ringback__c", "cnv/1", salesforce.Values{"Subject": "one"})
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, first.Status)
	second, err := w.client().Upsert(t.Context(), "Task", "Ringback__c", "cnv/1", salesforce.Values{"Subject": "one"})
	require.NoError(t, err)
	require.Equal(t, salesforce.Saved{Status: http.StatusOK, ID: first.ID}, second)
	for range 2 {
		_, err = w.client().Delete(t.Context(), "Task", first.ID)
		require.NoError(t, err)
	}
	require.Empty(t, w.org.Records("Task"))
}
