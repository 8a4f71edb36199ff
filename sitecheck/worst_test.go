package sitecheck_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/sitecheck"
)

// Pages that are crafted to be slow are checked in reasonable time.
func TestSlowestPagesAreChecked(t *testing.T) {
	t.Parallel()
	fill := func(part string) string { return strings.Repeat(part, sitecheck.MaxPage/len(part)) }
	nested := func(open, part string) string {
		return strings.Repeat(open, 100) + fill(part)[:sitecheck.MaxPage-100*len(open)]
	}
	for name, body := range map[string]string{
		"forms": fill("<form></form>"), "fields deep down": nested("<div>", "<input form=a><form></form>"),
		"labels": nested("<label>", "<label for=a>"), "numbers": fill("(202) 555-0100 "), "digits": fill("2"),
		"templates": nested("<template>", "<script src=/s/x>"), "comments": fill("<!---->"), "policies": fill("<meta http-equiv=content-security-policy content=script-src>"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, sitecheck.Check(t.Context(), pageOf(body), shop()).Findings)
		})
	}
}
