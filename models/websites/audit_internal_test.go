package websites

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEverySettingOfTheScriptIsAudited checks that no setting is missing from what is
// compared: a change of that setting alone would not be stored.
func TestEverySettingOfTheScriptIsAudited(t *testing.T) {
	t.Parallel()
	var site Site
	script := reflect.ValueOf(&site.Script).Elem()
	for _, field := range script.Fields() {
		switch field.Kind() {
		case reflect.Slice:
			field.Set(reflect.MakeSlice(field.Type(), 1, 1))
		case reflect.Map:
			field.Set(reflect.MakeMap(field.Type()))
			field.SetMapIndex(reflect.Zero(field.Type().Key()), reflect.Zero(field.Type().Elem()))
		}
	}
	audited := site.Audited()
	for field := range script.Fields() {
		require.Contains(t, audited, "script."+field.Tag.Get("json"))
	}
}
