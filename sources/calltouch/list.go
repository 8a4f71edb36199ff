package calltouch

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/sources"
	"ringback/sources/lenient"
	"ringback/sources/listing"
)

var _ listing.Source = (*Source)(nil)

// The settings of Calltouch's API.
const (
	apiToken = "api_token"
	apiSite  = "api_site_id"
)

// apiDefaults stay far below what programs of others use: Calltouch's limit of requests
// is unknown (docs/facts/calltouch.md).
var apiDefaults = listing.Defaults{URL: "https://api.calltouch.ru", DelayMinutes: 10, RequestsPerMinute: 12}

var (
	apiOptions = []settings.Field{
		{Name: apiSite},
	}
	apiCredentials = []settings.Field{
		{Name: apiToken},
	}
)

// checkAPI returns what is wrong with the settings of the API.
func checkAPI(s sources.Settings) []fault.Field {
	return append(listing.Check(description.Form, s.Values),
		listing.Complete(description.Form, s.Values, []string{apiToken}, []string{apiSite})...)
}

// pageSize is the largest page that Calltouch returns.
const pageSize = 1000

// dayLayout is how Calltouch's list of calls writes days.
const dayLayout = "02/01/2006"

// Account implements listing.Source.
func (*Source) Account(s sources.Settings) string {
	site := description.Option(s.Values, apiSite)
	if site == "" || s.Credential(apiToken) == "" {
		return ""
	}
	return listing.Address(description.Form, s.Values) + " " + site
}

// List implements listing.Source. Calltouch filters by days of the account's zone, the
// last one included.
func (*Source) List(ctx context.Context, client delivery.Doer, s sources.Settings, q listing.Query) (listing.Page, error) {
	q = q.Of(pageSize)
	first, last := q.Days(listing.Zone(description.Form, s))
	var answer struct {
		Pages   int               `json:"pageTotal"`
		Total   int               `json:"recordsTotal"`
		Records []json.RawMessage `json:"records"`
	}
	err := listing.Fetch(ctx, client, listing.Request{
		URL: listing.Address(description.Form, s.Values) + "/calls-service/RestAPI/" + url.PathEscape(description.Option(s.Values, apiSite)) + "/calls-diary/calls",
		Query: url.Values{
			"clientApiId": {s.Credential(apiToken)}, "dateFrom": {first.Format(dayLayout)}, "dateTo": {last.Format(dayLayout)},
			"page": {strconv.Itoa(q.Page)}, "limit": {strconv.Itoa(q.Size)}, "withCallTags": {"true"},
		}, Now: q.Now,
	}, &answer)
	if err != nil {
		return listing.Page{}, err
	}
	if answer.Records == nil {
		return listing.Page{}, listing.Unreadable(http.StatusOK)
	}
	return q.Result(answer.Records, "callId", listing.Counts{Pages: answer.Pages, Calls: answer.Total}, func(record json.RawMessage) sources.Request {
		return q.Message("application/x-www-form-urlencoded", []byte(formOf(record).Encode()))
	}), nil
}

// formOf returns a listed call in the notation of webhooks. What is not an object becomes
// a form that is no call, so that it is kept and shown as a message that cannot be read.
func formOf(listed json.RawMessage) url.Values {
	form := url.Values{}
	var record map[string]json.RawMessage
	if json.Unmarshal(listed, &record) != nil {
		return url.Values{"record": {string(listed)}}
	}
	for name, raw := range record {
		text := lenient.Text(raw) // of an object or a list
		if !bytes.ContainsAny(raw[:1], "{[") {
			_ = json.Unmarshal(raw, &text) // it was decoded before
		}
		form.Set(name, string(text))
	}
	if raw, is := record["callTags"]; is {
		form.Set("callTags", string(raw))
	}
	return form
}
