package delivery_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/internal/fault"
)

func TestReasonsAreStoredWithWhatIsBehindThem(t *testing.T) {
	t.Parallel()
	reason := delivery.GaveUp(90*time.Second+time.Millisecond, delivery.ProbeUnderWay(delivery.AnsweredWithError(503, "E1", "busy")))
	stored, err := json.Marshal(reason)
	require.NoError(t, err)
	require.JSONEq(t, `{"code":"gave_up","seconds":90,"last":{"code":"probe_under_way",
		"last":{"code":"answered","status":503,"error_code":"E1","message":"busy"}}}`, string(stored))
	var read delivery.Reason
	require.NoError(t, json.Unmarshal(stored, &read))
	require.Equal(t, reason, read)
}

func TestReasonsOfEarlierVersionsAreTexts(t *testing.T) {
	t.Parallel()
	var read delivery.Reason
	require.NoError(t, json.Unmarshal([]byte(`"answered 500"`), &read))
	require.Equal(t, delivery.Reason{Text: "answered 500"}, read)
	require.False(t, read.IsZero())
	require.Error(t, json.Unmarshal([]byte(`5`), &read))

	const setting = `{"code":"setting_unusable","field":"options.url","expected":"a URL to send to"}`
	require.NoError(t, json.Unmarshal([]byte(setting), &read))
	require.Equal(t, delivery.UnusableSetting("options.url", fault.Expectation{Text: "a URL to send to"}), read)
}

func TestReasonsBehindOneAreBounded(t *testing.T) {
	t.Parallel()
	reason := delivery.AnsweredWith(503)
	for range 100 {
		reason = delivery.ProbeUnderWay(reason)
	}
	depth := 0
	for last := reason.Last; last != nil; last = last.Last {
		depth++
	}
	require.Equal(t, 5, depth)
}

func TestGaveUpWithoutALastReason(t *testing.T) {
	t.Parallel()
	require.Equal(t, delivery.Reason{Code: delivery.ReasonGaveUp, Seconds: 60}, delivery.GaveUp(time.Minute, delivery.Reason{}))
}

func TestAnErrorOfADestinationIsCleanedAndCut(t *testing.T) {
	t.Parallel()
	r := delivery.AnsweredWithError(400, strings.Repeat("c", 101), " a\x00b "+strings.Repeat("m", 500))
	require.Equal(t, strings.Repeat("c", 100), r.ErrorCode)
	require.Equal(t, "ab "+strings.Repeat("m", 497), r.Message)
}

func TestG8_ReasonsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	const secret = "s3cret-key"
	report := attempt(t, delivery.Result{Class: delivery.ClassRefused, Reason: delivery.GaveUp(time.Minute, delivery.Reason{
		Code: "place.own", ErrorCode: secret, Message: secret, Field: secret, Expected: fault.Expectation{Text: secret, Values: map[string]string{"Value": secret}}, System: secret, Text: secret,
		Values: map[string]string{"key": secret},
	})}, secret)
	stored, err := json.Marshal(report.Reason)
	require.NoError(t, err)
	require.NotContains(t, string(stored), secret)
	require.Equal(t, 8, strings.Count(string(stored), delivery.Redacted))
}
