package dialogtech_test

import (
	"testing"

	"ringback/sources/dialogtech"
	"ringback/sources/sourcetest"
)

func subject() sourcetest.Subject {
	return sourcetest.BySecret(dialogtech.New(), "US", map[string]string{"time_zone": "America/New_York"})
}

func TestConformance(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, subject())
}

func FuzzParse(f *testing.F) { sourcetest.Fuzz(f, subject()) }
