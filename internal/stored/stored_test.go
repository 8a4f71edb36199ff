package stored_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/stored"
)

func TestObjectOrText(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]struct{ code, text string }{
		`{"code":"answered"}`: {code: "answered"},
		` "answered 503"`:     {text: "answered 503"},
		`null`:                {},
		`{}`:                  {},
	} {
		var object struct{ Code string }
		var text string
		require.NoError(t, stored.ObjectOrText([]byte(data), &object, &text), data)
		require.Equal(t, want.code, object.Code, data)
		require.Equal(t, want.text, text, data)
	}
	for _, data := range []string{"", "5", `["a"]`, `{"code":`, `"open`} {
		var object struct{ Code string }
		var text string
		require.Error(t, stored.ObjectOrText([]byte(data), &object, &text), data)
	}
}
