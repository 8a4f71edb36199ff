package invoca_test

import (
	"testing"

	"ringback/sources/invoca"
	"ringback/sources/sourcetest"
)

func subject() sourcetest.Subject {
	return sourcetest.BySecret(invoca.New(), "US", map[string]string{"time_zone": "America/New_York"})
}

func TestConformance(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, subject())
}

func FuzzParse(f *testing.F) { sourcetest.Fuzz(f, subject()) }
