package workflows_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/workflows"
)

// allowedKeys are the fields that may travel through Temporal: ids, enums,
// counts, times, and the names that owners gave to integrations and sites. A new field of the contract is a question of privacy: it
// belongs here only when it can hold nothing personal.
var allowedKeys = []string{
	"attempts", "begun", "call_status", "cancelled", "cause", "changes", "class", "close_at", "closed", "conversion_id", "decided", "deliveries", "delivery", "delivery_id", "dispatched", "done",
	"early", "ended", "ended_early", "events", "for", "found", "gives_up_at", "integration_id", "integration_name", "integration_type", "integrations", "kind", "listed", "moment", "more", "off", "planned_at",
	"per_second", "reason", "records", "resume_in", "retry_for", "seq", "settle", "settled_at", "site_id", "site_name", "skipped", "source", "stage", "start_grace", "start_known", "state",
	"status", "timeout", "total", "type", "until", "wait", "waiting", "waits", "why",
	// the SDK's own, of local activities
	"ActivityID", "ActivityType", "Attempt", "Backoff", "ReplayTime",
}

// personal are values such as calls and leads carry, in the forms in which they
// could slip into a text.
var personal = []string{
	"+12025550123", "12025550123", "2025550123", "+442079460123", "@example.com", "jane", "203.0.113.",
	"__r_aid_v__", "_biz_uid", "gclid", "utm_", "pkey", "https://", "http://",
}

// contractTypes are what the contract sends through Temporal.
var contractTypes = []any{
	workflows.ConversionInput{}, workflows.EventSignal{}, workflows.ResendInput{},
	workflows.PlanInput{}, workflows.Plan{}, workflows.DecideInput{}, workflows.Decided{},
	workflows.DispatchInput{}, workflows.Dispatched{}, workflows.GiveUpInput{}, workflows.FinishInput{},
	workflows.Progress{}, workflows.ReadingInput{}, workflows.ReadCRM{}, workflows.RecomputeInput{}, workflows.Recomputed{},
	workflows.ReconcileInput{}, workflows.Reconciled{},
}

func TestG7_TheContractHasNoFieldForPersonalData(t *testing.T) {
	t.Parallel()
	for _, value := range contractTypes {
		for _, key := range jsonKeys(reflect.TypeOf(value)) {
			require.Contains(t, allowedKeys, key, "of %T", value)
		}
	}
}

func TestG7_HistoriesHoldNoPersonalData(t *testing.T) {
	t.Parallel()
	for _, file := range histories(t, "histories") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			var history any
			require.NoError(t, json.Unmarshal(text, &history))
			found := &payloads{}
			found.scan(t, history)
			require.NotEmpty(t, found.keys)
			for _, key := range found.keys {
				require.Contains(t, allowedKeys, key)
			}
			everything := strings.ToLower(string(text) + strings.Join(found.texts, "\n"))
			for _, value := range personal {
				require.NotContains(t, everything, value)
			}
		})
	}
}

func TestG7_TheScanFindsWhatItLooksFor(t *testing.T) {
	t.Parallel()
	body := base64.StdEncoding.EncodeToString([]byte(`{"early":[{"caller":"+12025550123"}]}`))
	history := map[string]any{"events": []any{map[string]any{
		"metadata": map[string]any{"encoding": "anNvbi9wbGFpbg=="}, "data": body,
	}}}
	found := &payloads{}
	found.scan(t, history)
	require.Equal(t, []string{"early", "caller"}, found.keys)
	require.Contains(t, found.texts[0], "+12025550123")
}

// payloads are the decoded payloads of a history.
type payloads struct {
	keys  []string // of every object in them
	texts []string
}

// scan walks through a history and decodes every payload in it.
func (p *payloads) scan(t *testing.T, node any) {
	t.Helper()
	switch n := node.(type) {
	case []any:
		for _, child := range n {
			p.scan(t, child)
		}
	case map[string]any:
		if data, ok := n["data"].(string); ok && n["metadata"] != nil {
			p.decode(t, data)
			return
		}
		for _, child := range n {
			p.scan(t, child)
		}
	}
}

func (p *payloads) decode(t *testing.T, data string) {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(data)
	require.NoError(t, err)
	p.texts = append(p.texts, string(text))
	var value any
	require.NoError(t, json.Unmarshal(text, &value), "a payload that is not JSON cannot be checked")
	p.collect(value)
}

func (p *payloads) collect(value any) {
	switch v := value.(type) {
	case []any:
		for _, child := range v {
			p.collect(child)
		}
	case map[string]any:
		for key, child := range v {
			if !slices.Contains(p.keys, key) {
				p.keys = append(p.keys, key)
			}
			p.collect(child)
		}
	}
}

// jsonKeys returns the names of a type's fields as they travel, those of the types in it included.
func jsonKeys(of reflect.Type) []string {
	switch {
	case of.Kind() == reflect.Pointer, of.Kind() == reflect.Slice:
		return jsonKeys(of.Elem())
	case of.Kind() != reflect.Struct, of == reflect.TypeFor[time.Time]():
		return nil
	}
	var keys []string
	for i := range of.NumField() {
		name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
		keys = append(keys, name)
		keys = append(keys, jsonKeys(of.Field(i).Type)...)
	}
	return keys
}
