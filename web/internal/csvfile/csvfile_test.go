package csvfile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/web/internal/csvfile"
)

func TestTextsOfFilesAreNoFormulas(t *testing.T) {
	t.Parallel()
	for text, written := range map[string]string{
		"": "", "google": "google", "a=b": "a=b", "spring; summer": "spring; summer", "a;b": "a;b",
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(1)": "'@SUM(1)", "\tx": "'\tx", "\r\nx": "'\r\nx",
		// where a file is divided at semicolons
		"a;=1+1": "a;'=1+1", `a; "=1+1"`: `a;' "=1+1"`, "a;b;@c;-d": "a;b;'@c;'-d",
	} {
		require.Equal(t, written, csvfile.Harmless(text), text)
	}
}
