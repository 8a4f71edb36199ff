package settings_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/internal/settings"
)

var form = settings.Form{
	Options: []settings.Field{
		{Name: "mode", Default: "slow", Choices: []string{"slow", "fast"}},
		{Name: "url", Description: "where to", Required: true},
	},
	Credentials: []settings.Field{{Name: "key", Description: "the key", Required: true}},
}

func TestCheckNamesEachFieldWithoutItsValue(t *testing.T) {
	t.Parallel()
	require.Empty(t, form.Check(settings.Values{
		Options: map[string]string{"url": "x", "mode": "fast"}, Credentials: map[string]string{"key": "x"},
	}))
	require.Equal(t, []fault.Field{
		{Path: "options.mode", Expected: fault.Expect("one_of").With("Choices", "slow, fast")},
		{Path: "options.url", Expected: fault.Expect("required_setting")},
		{Path: "credentials.key", Expected: fault.Expect("required_setting")},
		{Path: "credentials.pass", Expected: fault.Expect("no_such_field")},
	}, form.Check(settings.Values{
		Options: map[string]string{"mode": "sideways"}, Credentials: map[string]string{"key": " ", "pass": "s3cret"},
	}))
}

func TestOptionFallsBackToTheDefault(t *testing.T) {
	t.Parallel()
	filled := settings.Values{Options: map[string]string{"mode": " fast ", "url": " "}}
	require.Equal(t, "fast", form.Option(filled, "mode"))
	require.Equal(t, "slow", form.Option(settings.Values{}, "mode"))
	require.Empty(t, form.Option(filled, "url"))
	require.Empty(t, form.Option(filled, "unheard_of"))
}

func TestG8_PrintedValuesHideCredentials(t *testing.T) {
	t.Parallel()
	filled := settings.Values{Options: map[string]string{"mode": "fast"}, Credentials: map[string]string{"key": "s3cret"}}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("checked", "settings", filled)
	for _, text := range []string{
		fmt.Sprint(filled), fmt.Sprintf("%+v", filled), fmt.Sprintf("%#v", filled), fmt.Sprintf("%v", &filled), log.String(),
	} {
		require.NotContains(t, text, "s3cret")
		require.Contains(t, text, "key")
	}
}
