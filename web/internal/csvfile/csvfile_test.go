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
		// where a file with semicolons is divided at commas, and any file at tabs and line breaks
		"a,=1+1": "a,'=1+1", "a, b": "a, b", "a\t=1+1": "a\t'=1+1", "a\r\n@b": "a\r\n'@b", "\t=1": "'\t'=1", "a; \n=1": "a; \n'=1",
	} {
		require.Equal(t, written, csvfile.Harmless(text), text)
	}
}
