package destinations_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/destinations"
)

var described = destinations.Description{
	Type: "example",
	Options: []destinations.Field{
		{Name: "mode", Default: "slow", Choices: []string{"slow", "fast"}},
		{Name: "url", Description: "where to", Required: true},
	},
	Credentials: []destinations.Field{{Name: "key", Description: "the key", Required: true}},
}

func TestCheckFieldsNamesEachFieldWithoutItsValue(t *testing.T) {
	t.Parallel()
	require.Empty(t, described.CheckFields(destinations.Settings{
		Options: map[string]string{"url": "x", "mode": "fast"}, Credentials: map[string]string{"key": "x"},
	}))
	require.Equal(t, []destinations.FieldError{
		{Path: "options.mode", Expected: "one of slow, fast"},
		{Path: "options.url", Expected: "required: where to"},
		{Path: "credentials.key", Expected: "required: the key"},
		{Path: "credentials.pass", Expected: "no such field; remove it"},
	}, described.CheckFields(destinations.Settings{
		Options: map[string]string{"mode": "sideways"}, Credentials: map[string]string{"key": " ", "pass": "s3cret"},
	}))
}

func TestOptionFallsBackToTheDefault(t *testing.T) {
	t.Parallel()
	set := destinations.Settings{Options: map[string]string{"mode": " fast ", "url": " "}}
	require.Equal(t, "fast", described.Option(set, "mode"))
	require.Equal(t, "slow", described.Option(destinations.Settings{}, "mode"))
	require.Empty(t, described.Option(set, "url"))
	require.Empty(t, described.Option(set, "unheard_of"))
}

func TestG8_PrintedSettingsHideCredentials(t *testing.T) {
	t.Parallel()
	set := destinations.Settings{Options: map[string]string{"mode": "fast"}, Credentials: map[string]string{"key": "s3cret"}}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("settings", "settings", set)
	for _, text := range []string{
		fmt.Sprint(set), fmt.Sprintf("%+v", set), fmt.Sprintf("%#v", set), fmt.Sprintf("%v", &set), log.String(),
	} {
		require.NotContains(t, text, "s3cret")
		require.Contains(t, text, "key")
	}
}
