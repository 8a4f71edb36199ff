package sitecheck_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/sitecheck"
)

// A page that is crafted to grow while it is parsed takes a bounded amount of memory.
// The tests are not parallel, because they count what the whole process allocates.
func TestG6_SmallPagesTakeLittleMemory(t *testing.T) { //nolint:paralleltest // see above
	var open strings.Builder
	for i := range 400 {
		fmt.Fprintf(&open, "<b a%d>", i)
	}
	fill := func(start, part string) string {
		return start + strings.Repeat(part, (sitecheck.MaxPage-len(start))/len(part))
	}
	for name, body := range map[string]string{
		"formatting":                        fill("<p>"+open.String(), "<p>x"),
		"formatting in a drawing":           fill("<svg><style><p>"+open.String(), "<p>x"),
		"formatting in a formula":           fill("<math><style><p>"+open.String(), "<p>x"),
		"formatting below a foreign object": fill("<svg><foreignObject><div><p>"+open.String(), "<p>x"),
		"formatting in a selection":         fill("<select><title></title><p>"+open.String(), "<p>x"),
		"links":                             fill("", "<p><a href=x>"),
		"paragraphs":                        fill("", "<p>"),
		"tables":                            fill("", "<table><td>"),
		"applets":                           fill("", "<applet><a>"),
		"attributes":                        fill("<p ", "a "),
		"different attributes":              "<p " + distinct(sitecheck.MaxPage-10) + ">",
		"one text":                          fill("", "x"),
		"templates":                         fill("", "<template>"),
	} {
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // see above
			const limit = 150 << 20
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			require.NotEmpty(t, sitecheck.Check(t.Context(), pageOf(body), shop()).Findings)
			runtime.ReadMemStats(&after)
			t.Logf("%d MB", (after.TotalAlloc-before.TotalAlloc)>>20)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(limit))
		})
	}
}

// distinct returns this many bytes of attributes with different names.
func distinct(size int) string {
	var names strings.Builder
	for i := 0; names.Len() < size; i++ {
		fmt.Fprintf(&names, "a%x ", i)
	}
	return names.String()
}
