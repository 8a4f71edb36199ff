package pages

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/locale"
	"ringback/web/cabinet/texts"
	"ringback/web/internal/conversionview"
)

// Parts of what an event reports are separated in every language.
func TestWhatAnEventReportsIsAList(t *testing.T) {
	t.Parallel()
	talked := 95
	call := conversionview.EventView{Call: &conversion.CallEvent{Outcome: conversion.OutcomeAnswered, TalkSeconds: &talked, Traffic: &conversion.Traffic{Source: "google", Medium: "cpc"}}}
	for language, want := range map[locale.Language]string{
		locale.English:    "answered, talked 95 s, google / cpc",
		locale.Russian:    "принят, разговор 95 с, google / cpc",
		locale.Portuguese: "atendida, conversa de 95 s, google / cpc",
	} {
		require.Equal(t, want, Shell{Reader: texts.In(language)}.said(call))
	}
}
