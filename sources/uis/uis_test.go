package uis_test

import (
	"testing"

	"ringback/sources/sourcetest"
	"ringback/sources/uis"
)

func subject() sourcetest.Subject {
	return sourcetest.BySecret(uis.New(), "RU", map[string]string{"time_zone": "Europe/Moscow"})
}

func TestConformance(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, subject())
}

func FuzzParse(f *testing.F) { sourcetest.Fuzz(f, subject()) }
