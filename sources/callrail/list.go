package callrail

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/sources"
	"ringback/sources/listing"
)

var _ listing.Source = (*Source)(nil)

// The settings of CallRail's API.
const (
	apiKey     = "api_key"
	apiAccount = "api_account_id"
	apiCompany = "api_company_id"
	apiFields  = "api_fields"
)

// apiDefaults allow 360 requests an hour of the 1,000 that CallRail permits
// (docs/facts/callrail.md), because other programs may use the account too. A post-call
// message comes up to 20 minutes after the end.
var apiDefaults = listing.Defaults{URL: "https://api.callrail.com", DelayMinutes: 25, RequestsPerMinute: 6}

var (
	apiOptions = []settings.Field{
		{Name: apiAccount},
		{Name: apiCompany},
		{Name: apiFields, Default: listedFields},
	}
	apiCredentials = []settings.Field{
		{Name: apiKey},
	}
)

// checkAPI returns what is wrong with the settings of the API.
func checkAPI(s sources.Settings) []fault.Field {
	return append(listing.Check(description.Form, s.Values),
		listing.Complete(description.Form, s.Values, []string{apiKey}, []string{apiAccount})...)
}

// pageSize is the largest page that CallRail returns.
const pageSize = 250

// listedFields are the fields that are asked for in addition to those that CallRail
// returns in any case.
var listedFields = strings.Join([]string{
	"call_type", "campaign", "created_at", "custom", "device_type", "fbclid", "ga", "gclid", "keywords", "landing_page_url",
	"last_requested_url", "medium", "msclkid", "referring_url", "session_uuid", "source", "tags",
	"utm_campaign", "utm_content", "utm_medium", "utm_source", "utm_term",
}, ",")

// Account implements listing.Source.
func (*Source) Account(s sources.Settings) string {
	account := description.Option(s.Values, apiAccount)
	if account == "" || s.Credential(apiKey) == "" {
		return ""
	}
	return strings.Join([]string{listing.Address(description.Form, s.Values), account, description.Option(s.Values, apiCompany)}, " ")
}

// List implements listing.Source. CallRail filters by days. It is unknown in which zone
// they are, so one more day is asked for at each end.
func (*Source) List(ctx context.Context, client delivery.Doer, s sources.Settings, q listing.Query) (listing.Page, error) {
	q = q.Of(pageSize)
	first, last := q.Days(listing.Zone(description.Form, s))
	query := url.Values{
		"start_date": {first.AddDate(0, 0, -1).Format(time.DateOnly)}, "end_date": {last.AddDate(0, 0, 1).Format(time.DateOnly)},
		"page": {strconv.Itoa(q.Page)}, "per_page": {strconv.Itoa(q.Size)},
		"sort": {"start_time"}, "order": {"asc"}, "fields": {description.Option(s.Values, apiFields)},
	}
	if company := description.Option(s.Values, apiCompany); company != "" {
		query.Set("company_id", company)
	}
	var answer struct {
		TotalPages int               `json:"total_pages"`
		Total      int               `json:"total_records"`
		Calls      []json.RawMessage `json:"calls"`
	}
	err := listing.Fetch(ctx, client, listing.Request{
		URL:   listing.Address(description.Form, s.Values) + "/v3/a/" + url.PathEscape(description.Option(s.Values, apiAccount)) + "/calls.json",
		Query: query, Now: q.Now,
		Header: http.Header{"Authorization": {`Token token="` + s.Credential(apiKey) + `"`}},
	}, &answer)
	if err != nil {
		return listing.Page{}, err
	}
	if answer.Calls == nil {
		return listing.Page{}, listing.Unreadable(http.StatusOK)
	}
	return q.Result(answer.Calls, "id", listing.Counts{Pages: answer.TotalPages, Calls: answer.Total}, q.JSON), nil
}
