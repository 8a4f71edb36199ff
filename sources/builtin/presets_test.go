package builtin_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/settings"
	"ringback/sources"
	"ringback/sources/builtin"
	"ringback/sources/mapped"
)

// ended returns the start and the end of a call in the message of a preset.
func ended(t *testing.T, source string, message map[string]any) (started, ended conversion.CallEvent) {
	t.Helper()
	s, found := builtin.Sources().Get(source)
	require.True(t, found)
	body, err := json.Marshal(message)
	require.NoError(t, err)
	read, err := s.Parse(sources.Request{
		Method: http.MethodPost, URL: &url.URL{RawQuery: "event=end"}, Header: http.Header{"Content-Type": {"application/json"}}, Body: body,
		ReceivedAt: time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC),
	}, sources.Settings{Region: "RU", TimeZone: time.UTC})
	require.NoError(t, err)
	require.Len(t, read.Reports, 2)
	return *read.Reports[0].Event, *read.Reports[1].Event
}

// outcomeFields are where the presets have how a call ended, with a message that has a
// talk time.
var outcomeFields = map[string]struct {
	field   string
	message map[string]any
}{
	"roistat":    {"status", map[string]any{"id": "1", "date": "2026-03-01 12:00:00", "duration": "20", "caller": "74955550123"}},
	"dialogtech": {"outcome", map[string]any{"call_id": "1", "started_at": "2026-03-01 12:00:00", "talk_seconds": 20, "caller": "74955550123"}},
	"totalvoice": {"status", map[string]any{"id": 1, "ativa": false, "data_inicio": "2026-03-01T12:00:00Z", "duracao_falada_segundos": 20, "numero_origem": "+5511987654321"}},
}

func TestM9_WordsForUnansweredCountBeforeTheTalkTime(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]conversion.Outcome{
		"NO ANSWER": conversion.OutcomeMissed, "no-answer": conversion.OutcomeMissed, "voicemail": conversion.OutcomeMissed, "abandoned": conversion.OutcomeMissed,
		"nao atendida": conversion.OutcomeMissed, "Não Atendida": conversion.OutcomeMissed, "sem resposta": conversion.OutcomeMissed, "нет ответа": conversion.OutcomeMissed, "Пропущенный": conversion.OutcomeMissed,
		"busy": conversion.OutcomeBusy, "ocupado": conversion.OutcomeBusy, "занято": conversion.OutcomeBusy, "FAILED": conversion.OutcomeFailed, "CHANUNAVAIL": conversion.OutcomeFailed,
		"hangup": conversion.OutcomeAnswered, "отложен": conversion.OutcomeAnswered, "": conversion.OutcomeAnswered, "undefined": conversion.OutcomeAnswered,
	} {
		for source, of := range outcomeFields {
			of.message[of.field] = word
			_, end := ended(t, source, of.message)
			require.Equal(t, want, end.Outcome, "%s: %s", source, word)
			require.Equal(t, want == conversion.OutcomeAnswered, end.TalkSeconds != nil, "%s: %s", source, word)
		}
	}
}

func TestM9_OwnersTableOfOutcomesCountsFirst(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		table string
		want  conversion.Outcome
	}{
		{`{"voicemail": "answered", "*": ""}`, conversion.OutcomeAnswered}, {`{"*": "answered"}`, conversion.OutcomeAnswered}, {`{"Voicemail": "", "*": "failed"}`, conversion.OutcomeAnswered},
		{`{"*": ""}`, conversion.OutcomeMissed}, {`{"ok": "answered"}`, conversion.OutcomeMissed}, {`{}`, conversion.OutcomeMissed},
	} {
		set := sources.Settings{Region: "US", TimeZone: time.UTC, Values: settings.Values{Options: map[string]string{
			"mapping": `{"fields":{"kind":{"constant":"end"},"id":{"from":["$.id"]},"talk_seconds":{"from":["$.talk"]},"outcome":{"from":["$.status"],"values":` + row.table + `}}}`,
		}}}
		read, err := mapped.New().Parse(sources.Request{
			Method: http.MethodPost, Header: http.Header{}, Body: []byte(`{"id":1,"talk":9,"status":"voicemail"}`), ReceivedAt: time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC),
		}, set)
		require.NoError(t, err)
		require.Equal(t, row.want, read.Reports[1].Event.Outcome, row.table)
	}
}

func TestM9_PlaceholdersHideNoOtherField(t *testing.T) {
	t.Parallel()
	for _, nothing := range []any{"undefined", "null", nil, "", "{contact_phone_number}", "(not set)", "NaN", "%contact%"} {
		start, _ := ended(t, "uis", map[string]any{
			"event": "end", "call_session_id": 1, "start_time": "2026-03-01 12:00:00", "contact_phone_number": nothing, "calling_phone_number": "74955550123",
			"contact_full_name": nothing, "utm_source": nothing, "utm_medium": "cpc",
		})
		require.Equal(t, "+74955550123", start.Caller, nothing)
		require.Empty(t, start.CallerName+start.Traffic.Source, nothing)
		require.Equal(t, "cpc", start.Traffic.Medium)
	}
	start, _ := ended(t, "uis", map[string]any{"event": "end", "call_session_id": 1, "start_time": "2026-03-01 12:00:00", "contact_phone_number": "undefined"})
	require.True(t, start.Anonymous)
	start, _ = ended(t, "uis", map[string]any{"event": "end", "call_session_id": 1, "start_time": "2026-03-01 12:00:00", "contact_phone_number": "{caller}"})
	require.False(t, start.Anonymous, "the number was not withheld")
}

func TestM9_LengthsAndTagsOfPresetsInAllNotations(t *testing.T) {
	t.Parallel()
	for _, length := range []any{95, "95", "95.4", "95,4", "95 sec", "95s", "1m 35s", "1:35", "00:01:35", "1:35.5", "PT1M35S", "1 мин 35 сек"} {
		_, end := ended(t, "dialogtech", map[string]any{"call_id": "1", "started_at": "2026-03-01 12:00:00", "talk_seconds": length})
		require.NotNil(t, end.TalkSeconds, length)
		require.Equal(t, 95, *end.TalkSeconds, length)
	}
	for _, tags := range []any{"vendas;novo", "vendas, novo", "vendas|novo", `["vendas","novo"]`, []any{"vendas", map[string]any{"nome": "x", "name": "novo"}}} {
		_, end := ended(t, "totalvoice", map[string]any{"id": 1, "ativa": false, "data_inicio": "2026-03-01T12:00:00Z", "duracao_falada_segundos": 20, "tags": tags})
		require.Equal(t, []string{"vendas", "novo"}, end.Tags, tags)
	}
}
