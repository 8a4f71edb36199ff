package e2e_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

const (
	providerSecret = "sample-secret-of-a-provider"
	rtbHouseID     = "sample-rtbhouse-id"
	ctmVisitor     = "5f2b1c3d4e5f6a7b8c9d0e1f"
)

// provider is a provider of calls whose webhooks are set up for a shop.
type provider struct {
	*shop
	name string
	hook string // the address that it calls
}

// connect sets up a source, and has target calls alone sent. All messages of a call are
// sent while the decision waits for late data.
func (s *shop) connect(name string, credentials harness.JSON) provider {
	s.t.Helper()
	integration := s.list("/integrations")[0]["id"].(string)
	s.api.Must("PATCH", s.path("/integrations/"+integration), harness.JSON{"calls": harness.JSON{"metrics": []string{"target"}}})
	source := s.api.Must("PUT", s.path("/sources/"+name), harness.JSON{"credentials": credentials, "late_data_seconds": 10})
	return provider{shop: s, name: name, hook: source["webhook_url"].(string)}
}

// send sends a signed message and requires that it is accepted.
func (p provider) send(query, contentType, body string, headers map[string]string) {
	address := strings.Replace(p.hook, p.Public, p.HTTP, 1) + query
	request, err := http.NewRequest(http.MethodPost, address, strings.NewReader(body))
	require.NoError(p.t, err)
	request.Header.Set("Content-Type", contentType)
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(p.t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(p.t, http.StatusOK, answer.StatusCode)
}

func hmacSHA1(text string) string {
	mac := hmac.New(sha1.New, []byte(providerSecret))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// ctm sends a message of CallTrackingMetrics.
func (p provider) ctm(event string, call harness.JSON) {
	body, err := json.Marshal(call)
	require.NoError(p.t, err)
	sent := strconv.FormatInt(time.Now().Unix(), 10)
	p.send("?event="+event, "application/json", string(body), map[string]string{"X-CTM-Time": sent, "X-CTM-Signature": hmacSHA1(sent + string(body))})
}

// twilio sends a status callback of Twilio.
func (p provider) twilio(form map[string]string) {
	signed, fields := p.hook, url.Values{}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		signed += name + form[name]
		fields.Set(name, form[name])
	}
	p.send("", "application/x-www-form-urlencoded", fields.Encode(), map[string]string{"X-Twilio-Signature": hmacSHA1(signed)})
}

// arrives reports the visit of a visitor whom RTB House and CallTrackingMetrics know,
// some time ago, and returns the number that it is shown.
func (s *shop) arrives(visitor string, ago time.Duration) string {
	s.t.Helper()
	status, answer := s.script(s.page("")).Post("views", harness.JSON{
		"id": "sample-hit-of-" + visitor, "visitor": visitor, "ago": ago.Milliseconds(), "kind": "navigate",
		"url": s.page("/?utm_source=google&utm_medium=cpc&utm_campaign=spring"),
		"ids": harness.JSON{"rtbhouse": rtbHouseID, "calltrackingmetrics": ctmVisitor},
	})
	require.Equal(s.t, http.StatusOK, status, "%v", answer)
	shown, _ := answer["numbers"].(harness.JSON)["12025550100"].([]any)
	require.NotEmpty(s.t, shown)
	return "+" + shown[0].(string)
}

// requireOneEvent requires that a call has led to one event at RTB House, for the visit
// that came by the campaign.
func (p provider) requireOneEvent(externalID string) {
	p.t.Helper()
	call := p.list("/conversions?external_id=" + externalID)[0]
	detail := p.api.WaitConversion(call["id"].(string), time.Minute, harness.Done)
	require.Equal(p.t, p.name, detail["source"])
	require.Equal(p.t, "spring", pickedVisit(detail)["campaign"], "%v", detail["decisions"])
	require.Len(p.t, detail["deliveries"], 1, "%v", detail["decisions"])
	require.EqualValues(p.t, 60, detail["talk_seconds"], "%v", detail["events"])
}

// requireEvents requires that RTB House got this many events, each of another call and
// of the visitor.
func (p provider) requireEvents(n int) {
	p.t.Helper()
	hits := p.rtbhouse.WaitHits(p.t, "ok", n, patience)
	require.Len(p.t, hits, n)
	require.Len(p.t, unique(hits), n)
	for _, hit := range hits {
		require.Equal(p.t, rtbHouseID, hit.Query.Get("aid"))
	}
}

// TestM9_CallTrackingMetricsToRTBHouse sends the start, the end and the late session of
// calls, in several orders and more than once. The session names CTM's visitor alone,
// whose visit the script on the page has seen.
func TestM9_CallTrackingMetricsToRTBHouse(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, stack *harness.Stack) {
		s := openShop(t, stack, harness.JSON{"visitor_ids": []harness.JSON{{"system": "rtbhouse"}, {"system": "calltrackingmetrics"}}})
		p := s.connect("calltrackingmetrics", harness.JSON{"secrets": "replaced\n" + providerSecret})
		s.arrives("sample-visitor-0001", 3*time.Minute)
		began := time.Now().Add(-2 * time.Minute).Unix()
		orders := [][]string{
			{"call_start", "call_end", "session"}, {"call_start", "call_start", "call_end", "call_end", "session", "session"},
			{"session", "call_end", "call_start"}, {"call_end", "session", "call_start"},
		}
		for n, order := range orders {
			message := func(event string) harness.JSON {
				call := harness.JSON{"id": 7000 + n, "direction": "inbound", "unix_time": began, "caller_number": fmt.Sprintf("+1202555012%d", n), "tracking_number": "+12025550199", "duration": nil, "visitor_sid": ""}
				if event != "call_start" {
					maps.Copy(call, harness.JSON{"dial_status": "completed", "duration": "66", "talk_time": 60, "tag_list": []string{"sales"}})
				}
				if event == "session" {
					call["visitor_sid"] = ctmVisitor
				}
				return call
			}
			for _, event := range order {
				p.ctm(event, message(event))
			}
		}
		for n := range orders {
			p.requireOneEvent(strconv.Itoa(7000 + n))
		}
		p.requireEvents(len(orders))
	})
}

// TestM9_TwilioToRTBHouse sends the legs of calls to numbers that visits were shown, in
// several orders and more than once.
func TestM9_TwilioToRTBHouse(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, stack *harness.Stack) {
		s := openShop(t, stack, nil)
		p := s.connect("twilio", harness.JSON{"auth_tokens": providerSecret})
		shown := s.arrives("sample-visitor-0001", 0)
		began := time.Now().Add(time.Second).UTC()
		orders := [][]int{{0, 1, 2, 3}, {0, 0, 1, 1, 2, 2, 3, 3}, {3, 2, 1, 0}, {2, 3}, {1, 3, 0}}
		for n, order := range orders {
			id := fmt.Sprintf("CA%032d", n)
			at := func(seconds int) string { return began.Add(time.Duration(seconds) * time.Second).Format(time.RFC1123Z) }
			call := func(status string, seconds, sequence int, more map[string]string) map[string]string {
				form := map[string]string{
					"CallSid": id, "From": fmt.Sprintf("+1202555012%d", n), "To": shown, "Direction": "inbound",
					"CallStatus": status, "Timestamp": at(seconds), "SequenceNumber": strconv.Itoa(sequence),
				}
				maps.Copy(form, more)
				return form
			}
			leg := map[string]string{"CallSid": fmt.Sprintf("CB%032d", n), "ParentCallSid": id, "To": "+12025550190", "Direction": "outbound-dial"}
			ended := maps.Clone(leg)
			ended["CallDuration"] = "60"
			messages := []map[string]string{
				call("ringing", 0, 0, nil), call("in-progress", 5, 2, leg), call("completed", 65, 3, ended),
				call("completed", 65, 3, map[string]string{"CallDuration": "65"}),
			}
			for _, i := range order {
				p.twilio(messages[i])
			}
		}
		for n := range orders {
			p.requireOneEvent(fmt.Sprintf("CA%032d", n))
		}
		p.requireEvents(len(orders))
	})
}
