package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/accounts"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/visits"
	"ringback/web"
)

// sink is a store that accepts everything, and checks that it could be stored and shown.
type sink struct {
	web.Store
	t *testing.T
}

func (s *sink) DefaultAccount(context.Context) (accounts.Account, error) {
	return accounts.Account{ID: "acc_default"}, nil
}

func (s *sink) Site(context.Context, string, string) (websites.Site, error) {
	return websites.Site{ID: "site_1", Region: "US", TimeZone: "UTC"}, nil
}

func (s *sink) AcceptCallEvent(_ context.Context, in models.CallEvent) (models.Accepted, error) {
	e := in.Event
	s.storable(e.At, append(e.Tags, e.ID, e.CallerName, e.SessionID, e.Extension, in.WorkflowID)...)
	require.NotContains(s.t, in.WorkflowID, "@")
	require.True(s.t, e.Caller == "" || strings.HasPrefix(e.Caller, "+"))
	require.LessOrEqual(s.t, len(e.Tags), 50)
	return models.Accepted{ConversionID: "cnv_1"}, nil
}

func (s *sink) AcceptLead(_ context.Context, in models.NewLead) (models.Accepted, error) {
	l := in.Lead
	s.storable(l.At, append(l.Tags, l.Name, l.Email, l.Form, l.PageURL, l.SessionID, in.WorkflowID)...)
	require.Equal(s.t, 2, strings.Count(in.WorkflowID, "/"))
	require.LessOrEqual(s.t, len(l.Fields), 102)
	if in.Activity != nil {
		s.activity(*in.Activity)
	}
	for name, value := range l.Fields {
		s.storable(l.At, name, value, l.Phone)
	}
	return models.Accepted{ConversionID: "cnv_1"}, nil
}

func (s *sink) storable(at time.Time, texts ...string) {
	require.Equal(s.t, time.UTC, at.Location())
	require.Equal(s.t, at, at.Truncate(time.Microsecond))
	require.True(s.t, at.Year() >= 2000 && at.Before(start.Add(25*time.Hour)))
	for _, text := range texts {
		require.True(s.t, utf8.ValidString(text) && !strings.Contains(text, "\x00"), "%q", text)
	}
}

// fuzzBody posts bodies. Each must be accepted, or refused with a problem.
func fuzzBody(f *testing.F, path string) {
	store := &sink{}
	handler, err := web.New(options(store, clockwork.NewFakeClockAt(start), &relay{}, outside{}, io.Discard))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body string) {
		store.t = t // a fuzz worker runs one body after the other
		r := httptest.NewRequest(http.MethodPost, "/api/v1"+path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+adminToken)
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, r)
		require.Contains(t, []int{202, 400, 413, 422}, answer.Code, answer.Body)
		require.True(t, utf8.Valid(answer.Body.Bytes()))
		require.NotEmpty(t, decode(t, answer))
	})
}

func FuzzCallEventBody(f *testing.F) {
	for _, body := range []string{
		sampleEvent, `{"type":"ended","outcome":"answered","talk_seconds":60}`, `{"type":"tagged","tags":[" a ","a"]}`,
		`{"type":"started","at":"0000-01-01T00:00:00Z"}`, `{"type":"started","at":"2026-01-31T12:00:00.999999999+23:59"}`,
		`{"type":"started","talk_seconds":1e400}`, `{"type":"started","caller":"\u0000"}`, `{"type":"started","caller_name":"\\u0000"}`,
		"{\"type\":\"started\",\"session_id\":\"\xff\"}", `{"type":"linked","traffic":{"click_ids":{"gclid":"x"}}}`, `null`, `[]`, ``,
	} {
		f.Add(body)
	}
	fuzzBody(f, "/sites/site_1/calls/call-1/events")
}

func FuzzLeadBody(f *testing.F) {
	for _, body := range []string{
		sampleLead, `{"external_id":"l","phone":"anonymous","session_id":"s"}`, `{"external_id":"l","email":"a@b","fields":{"":"x"}}`,
		`{"external_id":"l","session_id":"s","visitor_ids":{"rtbhouse":"v","":""}}`, `{"external_id":"\ud800","session_id":"s"}`,
		`{"external_id":"l","external_id":"m/n","session_id":"s"}`, `{"external_id":null}`, `{"fields":null,"tags":null,"external_id":"l","session_id":"s"}`,
	} {
		f.Add(body)
	}
	fuzzBody(f, "/sites/site_1/leads")
}

func (s *sink) SitePlan(context.Context, string) (websites.Plan, error) {
	return websites.Plan{Site: websites.Site{ID: "site_1", Region: "US", TimeZone: "UTC", Domains: []string{"example.com"}, Script: websites.DefaultScript()}}, nil
}

func (s *sink) RecordActivity(_ context.Context, _ websites.Plan, a models.Activity) (models.ActivityResult, error) {
	s.activity(a)
	return models.ActivityResult{SessionID: "ses_1"}, nil
}

func (s *sink) StoreVisitorIDs(_ context.Context, _, visitorID string, ids map[string]string, at time.Time) error {
	s.activity(models.Activity{Activity: visitors.Activity{VisitorID: visitorID, HitID: visitorID, VisitorIDs: ids, Hit: visits.Hit{At: at}}})
	require.NotEmpty(s.t, ids)
	return nil
}

func (s *sink) ForgetVisitor(_ context.Context, _, visitorID string) error {
	s.activity(models.Activity{Activity: visitors.Activity{VisitorID: visitorID, HitID: visitorID, Hit: visits.Hit{At: start}}})
	return nil
}

func (s *sink) activity(a models.Activity) {
	require.Regexp(s.t, `^[A-Za-z0-9_-]{16,64}$`, a.VisitorID)
	require.Regexp(s.t, `^[A-Za-z0-9_-]{16,64}$`, a.HitID)
	s.storable(a.Hit.At, a.Hit.URL, a.Hit.Referrer, a.Storage, a.Script)
	require.False(s.t, a.Hit.At.After(start))
	require.False(s.t, a.Hit.At.Before(start.AddDate(0, 0, -7)))
	for system, id := range a.VisitorIDs {
		require.Contains(s.t, []string{"rtbhouse", "bizible"}, system)
		s.storable(start, id)
		require.NotEmpty(s.t, id)
	}
}

// FuzzScriptBody posts bodies to all addresses that the script uses.
func FuzzScriptBody(f *testing.F) {
	for _, body := range []string{
		view("1", visitor, ""), lead("1", visitor, `,"phone":"(202) 555-0123","fields":[{"name":"a","value":"b"}],"tags":["a"]`),
		lead("1", visitor, `,"ago":1e999,"ids":{"rtbhouse":"%00"},"url":"https://example.com/\u0000","name":"\u0000"`),
		lead("1", visitor, `,"fields":[null,5,{"name":[]}],"tags":[null],"form":{},"email":"\ud800@example.com"`),
		`{"visitor":"` + visitor + `","ids":{"rtbhouse":"{\"id\":\"v\"}","bizible":null}}`, `null`, `[]`, ``, `{"visitor":5}`,
	} {
		f.Add(body)
	}
	store := &sink{}
	handler, err := web.New(options(store, clockwork.NewFakeClockAt(start), &relay{}, outside{}, io.Discard))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body string) {
		store.t = t // a fuzz worker runs one body after the other
		for _, what := range []string{"views", "leads", "ids", "forget"} {
			r := httptest.NewRequest(http.MethodPost, "/s/key/"+what, strings.NewReader(body))
			r.Header.Set("Origin", "https://www.example.com")
			r.Header.Set("User-Agent", chrome)
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, r)
			require.Contains(t, []int{200, 202, 204, 400, 413}, answer.Code, answer.Body)
			require.True(t, utf8.Valid(answer.Body.Bytes()))
		}
	})
}
