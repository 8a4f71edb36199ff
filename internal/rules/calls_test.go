package rules_test

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"testing"
)

// ban forbids uses of a package, except in some files.
type ban struct {
	pkg    string
	names  []string
	except []string // files and folders that may, each with the reason
	tests  bool     // holds for tests too
	why    string
}

var bans = []ban{
	{pkg: "time", names: []string{"Now", "Since", "Until", "After", "NewTimer", "NewTicker", "Tick", "AfterFunc"},
		except: []string{
			"dev", "test", // they measure and wait for other processes
			"web/internal/endpoint/endpoint.go",                                      // a connection's deadline is in real time
			"workflows/internal/record",                                              // records histories of a real server
			"destinations/destinationtest", "sources/sourcetest", "models/modeltest", // helpers of tests
		},
		why: "the time comes from a clockwork.Clock, so that tests own it"},
	{pkg: "time", names: []string{"Sleep"}, tests: true,
		except: []string{"workflows/internal/record"}, // lets a real server get on before the next step
		why:    "wait for what is to happen, not for a while"},
	{pkg: "http", names: []string{"Client", "DefaultClient", "Get", "Post", "PostForm", "Head", "DefaultTransport"},
		except: []string{
			"internal/outbound",                                  // the one place
			"internal/cli/health.go",                             // asks the own process
			"web/internal/openid",                                // its client sends by package outbound
			"destinations/destinationtest", "sources/sourcetest", // helpers of tests
			"dev", "test",
		},
		why: "requests to the outside go through package outbound: guarded, bounded, recorded"},
	{pkg: "conversion", names: []string{"Judge", "Decidable"}, except: []string{"decision"},
		why: "package decision is the one answer to what is decided and what is waited for"},
}

func TestClockAndHTTPClientAreInjected(t *testing.T) {
	t.Parallel()
	holds(t, keepsBans)
}

func keepsBans(f file) []string {
	var problems []string
	ast.Inspect(f.AST, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := selector.X.(*ast.Ident)
		if !ok {
			return true
		}
		for _, b := range bans {
			if b.pkg == pkg.Name && slices.Contains(b.names, selector.Sel.Name) && b.appliesTo(f) {
				problems = append(problems, fmt.Sprintf("%d: %s.%s: %s", f.line(n.Pos()), pkg.Name, selector.Sel.Name, b.why))
			}
		}
		return true
	})
	return problems
}

func (b ban) appliesTo(f file) bool {
	return (b.tests || !f.isTest()) && !f.in(b.except...) && !slices.Contains(b.except, f.Path)
}

// leftOver finds marks of unfinished work. It is written in halves so that this
// file does not break its own rule.
var leftOver = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b`)

func TestNothingIsLeftForLater(t *testing.T) {
	t.Parallel()
	holds(t, hasNoLeftOvers)
}

func hasNoLeftOvers(f file) []string {
	var problems []string
	for _, group := range f.AST.Comments {
		for _, comment := range group.List {
			if mark := leftOver.FindString(comment.Text); mark != "" {
				problems = append(problems, fmt.Sprintf("%d: %s: do it, or say in an issue what is missing", f.line(comment.Pos()), mark))
			}
		}
	}
	return problems
}
