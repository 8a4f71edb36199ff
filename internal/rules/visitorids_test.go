package rules_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/visitorid"
)

// cookieNames matches the cookies of the table in package visitorid as whole words.
var cookieNames = func() *regexp.Regexp {
	var names []string
	for _, system := range visitorid.Systems() {
		for _, cookie := range system.Cookies {
			names = append(names, regexp.QuoteMeta(cookie))
		}
	}
	return regexp.MustCompile(`(^|[^\w.-])(` + strings.Join(names, "|") + `)([^\w.-]|$)`)
}()

func TestVisitorIDCookiesStandInOneTable(t *testing.T) {
	t.Parallel()
	holds(t, namesNoVisitorIDCookie)
}

func namesNoVisitorIDCookie(f file) []string {
	if f.isTest() || f.in("visitorid") {
		return nil
	}
	var problems []string
	ast.Inspect(f.AST, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if ok && literal.Kind == token.STRING && cookieNames.MatchString(literal.Value) {
			problems = append(problems, fmt.Sprintf("%d: names a cookie of a visitor id: take it from package visitorid", f.line(n.Pos())))
		}
		return true
	})
	return problems
}

func TestVisitorIDCookiesAreRecognized(t *testing.T) {
	t.Parallel()
	for _, literal := range []string{`"__r_aid_v__"`, "`rtbhouse=__rtbh.aid, bizible=_biz_uid`", `"_ga"`} {
		require.Regexp(t, cookieNames, literal)
	}
	for _, literal := range []string{`"meta_fbp"`, `"x_ga"`, `"_gat"`} {
		require.NotRegexp(t, cookieNames, literal)
	}
}
