package callrail_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/sources"
	"ringback/sources/callrail"
	"ringback/sources/sourcetest"
)

func form(t testing.TB) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"resource_id": "FRM01sample", "submitted_at": "2026-03-01T07:00:00.000-05:00", "form_url": "https://example.com/contact",
		"form_data": map[string]any{"Your-Email": "a@example.com", "phone_number": "(202) 555-0123", "size": 3},
		"source":    "google", "medium": "organic", "referring_url": "https://example.net/",
	})
	require.NoError(t, err)
	return body
}

func TestFormSubmissionIsALead(t *testing.T) {
	t.Parallel()
	for _, event := range []string{"form_submission", ""} {
		reports, err := callrail.New().Parse(request(event, form(t)), signedBy("k"))
		require.NoError(t, err)
		require.Equal(t, []sources.Report{{
			Kind: conversion.KindLead, ExternalID: "FRM01sample",
			Lead: &conversion.Lead{
				At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Phone: "+12025550123", Email: "a@example.com",
				PageURL: "https://example.com/contact",
				Traffic: &conversion.Traffic{Source: "google", Medium: "organic", Referrer: "https://example.net/"},
				Fields:  map[string]string{"Your-Email": "a@example.com", "phone_number": "(202) 555-0123", "size": "3"},
			},
		}}, reports.Reports)
	}
}

// The cases C11 and C13: forms have fields of other people, and names in parts.
func TestFormFieldsMeanWhatTheyMeanInTheScriptsForms(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fields map[string]any
		want   conversion.Lead
	}{
		"C11, a friend and a company": {
			map[string]any{"friend_email": "b@example.com", "your_email": "a@example.com", "company_name": "Acme", "your_name": "Ann Example"},
			conversion.Lead{Name: "Ann Example", Email: "a@example.com"},
		},
		"C11, the phone of a hotel":      {map[string]any{"hotel_phone": "+12025550150", "phone": "+12025550123"}, conversion.Lead{Phone: "+12025550123"}},
		"C13, a name in parts":           {map[string]any{"last_name": "Example", "first_name": "Ann"}, conversion.Lead{Name: "Ann Example"}},
		"a company has no person":        {map[string]any{"company_name": "Acme"}, conversion.Lead{}},
		"names without words, as before": {map[string]any{"contactemail": "a@example.com", "usrphone": "202 555 0123"}, conversion.Lead{Email: "a@example.com", Phone: "+12025550123"}},
		"somebody else's, if no other":   {map[string]any{"friend_email": "b@example.com"}, conversion.Lead{Email: "b@example.com"}},
	} {
		body, err := json.Marshal(map[string]any{"resource_id": "FRM01sample", "submitted_at": "2026-03-01T07:00:00.000-05:00", "form_data": tc.fields})
		require.NoError(t, err)
		reading, err := callrail.New().Parse(request("form_submission", body), signedBy("k"))
		require.NoError(t, err, name)
		lead := reading.Reports[0].Lead
		require.Equal(t, tc.want, conversion.Lead{Name: lead.Name, Phone: lead.Phone, Email: lead.Email}, name)
		require.Len(t, lead.Fields, len(tc.fields), "%s: all fields stay", name)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("", sample)
	f.Add("post_call", message(f, nil))
	f.Add("call_modified", message(f, map[string]any{"changes": []string{"tags"}}))
	f.Add("form_submission", form(f))
	f.Add("pre_call", []byte(`{"id":1,"tags":"a,b","custom":"{}","duration":1e9,"start_time":"0001-01-01T00:00:00Z"}`))
	f.Add("post_call", []byte(`{"id":1,"start_time":"9999-12-31T23:59:59-01:00","duration":2147483647}`))
	f.Add("post_call", message(f, map[string]any{"duration": 2147483647}))
	f.Add("form_submission", []byte(`{"id":1,"form_data":{"a":"b"},"submitted_at":"9999-12-31T23:59:59-23:00"}`))
	f.Fuzz(func(t *testing.T, event string, body []byte) {
		reports, err := callrail.New().Parse(request(event, body), signedBy("k"))
		if err != nil {
			require.Empty(t, reports.Reports)
			return
		}
		again, err := callrail.New().Parse(request(event, body), signedBy("k"))
		require.NoError(t, err)
		require.Equal(t, reports, again)
		for _, r := range reports.Reports {
			require.NotEmpty(t, r.ExternalID)
			sourcetest.RequireNormalized(t, r)
		}
	})
}
