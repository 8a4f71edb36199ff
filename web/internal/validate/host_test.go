package validate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/web/internal/validate"
)

func TestCaseA14_HostNamesOfOtherScripts(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"пример.рф": "xn--e1afmkfd.xn--p1ai", " Пример.РФ ": "xn--e1afmkfd.xn--p1ai", "www.müller.example": "www.xn--mller-kva.example",
		"例え.テスト": "xn--r8jz45g.xn--zckzah", "xn--e1afmkfd.xn--p1ai": "xn--e1afmkfd.xn--p1ai", "Example.com": "example.com", "localhost": "localhost",
	} {
		got := validate.Hosts([]string{given})
		require.Equal(t, []string{want}, got)
		require.True(t, validate.IsHostName(got[0]), given)
	}
	for _, given := range []string{"https://пример.рф", "пример.рф/a", "пример.рф:80", "при мер.рф", "", "a@b"} {
		require.False(t, validate.IsHostName(validate.Hosts([]string{given})[0]), given)
	}
}
