package roistat_test

import (
	"testing"

	"ringback/sources/roistat"
	"ringback/sources/sourcetest"
)

func subject() sourcetest.Subject {
	return sourcetest.BySecret(roistat.New(), "RU", map[string]string{"time_zone": "Europe/Moscow"})
}

func TestConformance(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, subject())
}

func FuzzParse(f *testing.F) { sourcetest.Fuzz(f, subject()) }
