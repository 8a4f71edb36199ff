package calltrackingmetrics

import (
	"context"
	"encoding/base64"
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

// The settings of CTM's API.
const (
	apiAccessKey = "api_access_key"
	apiSecretKey = "api_secret_key"
	apiAccount   = "api_account_id"
)

// apiDefaults stay far below what programs of others use: CTM's limit of requests is
// unknown (docs/facts/calltrackingmetrics.md). The visit may be found some minutes after
// the end.
var apiDefaults = listing.Defaults{URL: "https://api.calltrackingmetrics.com", DelayMinutes: 15, RequestsPerMinute: 12}

var (
	apiOptions = []settings.Field{
		{Name: apiAccount},
	}
	apiCredentials = []settings.Field{
		{Name: apiAccessKey},
		{Name: apiSecretKey},
	}
)

// checkAPI returns what is wrong with the settings of the API.
func checkAPI(s sources.Settings) []fault.Field {
	return append(listing.Check(description.Form, s.Values),
		listing.Complete(description.Form, s.Values, []string{apiAccessKey, apiSecretKey}, []string{apiAccount})...)
}

// pageSize is the largest page that CTM returns.
const pageSize = 150

// Account implements listing.Source.
func (*Source) Account(s sources.Settings) string {
	account := description.Option(s.Values, apiAccount)
	if account == "" || s.Credential(apiAccessKey) == "" || s.Credential(apiSecretKey) == "" {
		return ""
	}
	return strings.Join([]string{listing.Address(description.Form, s.Values), account}, " ")
}

// List implements listing.Source. CTM filters by days of the account's zone. Whether the
// last day is included is unknown, so one more day is asked for.
func (*Source) List(ctx context.Context, client delivery.Doer, s sources.Settings, q listing.Query) (listing.Page, error) {
	q = q.Of(pageSize)
	first, last := q.Days(listing.Zone(description.Form, s))
	var answer struct {
		TotalPages int               `json:"total_pages"`
		Total      int               `json:"total_entries"`
		Calls      []json.RawMessage `json:"calls"`
	}
	login := base64.StdEncoding.EncodeToString([]byte(s.Credential(apiAccessKey) + ":" + s.Credential(apiSecretKey)))
	err := listing.Fetch(ctx, client, listing.Request{
		URL: listing.Address(description.Form, s.Values) + "/api/v1/accounts/" + url.PathEscape(description.Option(s.Values, apiAccount)) + "/calls",
		Query: url.Values{
			"start_date": {first.Format(time.DateOnly)}, "end_date": {last.AddDate(0, 0, 1).Format(time.DateOnly)},
			"page": {strconv.Itoa(q.Page)}, "per_page": {strconv.Itoa(q.Size)},
		},
		Header: http.Header{"Authorization": {"Basic " + login}}, Now: q.Now,
	}, &answer)
	if err != nil {
		return listing.Page{}, err
	}
	if answer.Calls == nil {
		return listing.Page{}, listing.Unreadable(http.StatusOK)
	}
	return q.Result(answer.Calls, "id", listing.Counts{Pages: answer.TotalPages, Calls: answer.Total}, q.JSON), nil
}
