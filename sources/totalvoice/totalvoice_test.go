package totalvoice_test

import (
	"testing"

	"ringback/sources/sourcetest"
	"ringback/sources/totalvoice"
)

func subject() sourcetest.Subject {
	return sourcetest.BySecret(totalvoice.New(), "BR", map[string]string{"time_zone": "America/Sao_Paulo"})
}

func TestConformance(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, subject())
}

func FuzzParse(f *testing.F) { sourcetest.Fuzz(f, subject()) }
