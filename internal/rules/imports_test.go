package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// border is a list of imports that are forbidden in some folders. A path includes
// everything below it; with = before it, it is that package alone.
type border struct {
	folders []string // empty if it holds everywhere
	except  []string
	never   []string
	why     string
	tests   bool // holds for tests too
}

// borders are the directions of ARCHITECTURE.md.
var borders = []border{
	{folders: []string{"conversion"}, tests: true,
		never: []string{"ringback/models", "ringback/web", "ringback/workflows", "ringback/activities", "ringback/destinations",
			"ringback/sources", "net/http", "database/sql", "gorm.io", "go.temporal.io"},
		why: "the rules are pure and do no I/O"},
	{folders: []string{"conversion", "visits", "internal/delivery"}, never: []string{"ringback/explanation", "ringback/internal/locale"}, tests: true,
		why: "reasons are data: package explanation writes the sentences"},
	{folders: []string{"explanation", "internal/locale"}, tests: true,
		never: []string{"ringback/models", "ringback/web", "ringback/workflows", "ringback/activities", "ringback/destinations",
			"ringback/sources", "net/http", "database/sql", "gorm.io", "go.temporal.io"},
		why: "a sentence depends only on the data that it explains"},
	{folders: []string{"conversion"}, never: []string{"os", "math/rand", "log/slog"},
		why: "the rules are pure: the same input has the same result"},
	{folders: []string{"decision"}, tests: true,
		never: []string{"ringback/web", "ringback/workflows", "ringback/activities", "ringback/sources", "ringback/internal/outbound",
			"net/http", "database/sql", "gorm.io", "go.temporal.io"},
		why: "a decision is the same for all readers, so it does not depend on HTTP or Temporal"},
	{folders: []string{"decision"}, never: []string{"os", "math/rand", "log/slog", "github.com/jonboulle/clockwork"},
		why: "a decision is a function of its case: the same case and settings have the same result at any time"},
	{folders: []string{"visits", "visitorid", "identity", "numbers", "forms", "internal/names", "internal/placeholder", "internal/texts"}, tests: true,
		never: []string{"ringback/models", "ringback/web", "ringback/workflows", "ringback/activities", "ringback/destinations",
			"ringback/sources", "net/http", "database/sql", "gorm.io", "go.temporal.io"},
		why: "the meaning of visits and forms is pure and does no I/O"},
	{folders: []string{"visits", "visitorid", "identity", "numbers", "forms", "internal/names", "internal/placeholder", "internal/texts"}, never: []string{"os", "math/rand", "log/slog"},
		why: "the meaning of visits and forms is pure: the same input has the same result"},
	{folders: []string{"touchpoints"}, tests: true,
		never: []string{"ringback/models", "ringback/web", "ringback/workflows", "ringback/activities", "ringback/destinations",
			"ringback/sources", "ringback/explanation", "ringback/internal/locale", "net/http", "database/sql", "gorm.io", "go.temporal.io"},
		why: "touchpoints and credit are pure, and their reasons are data"},
	{folders: []string{"touchpoints"}, never: []string{"os", "math/rand", "log/slog", "github.com/jonboulle/clockwork"},
		why: "touchpoints and credit are pure: the same input has the same result"},
	{folders: []string{"reports"}, tests: true,
		never: []string{"ringback/models", "ringback/web", "ringback/workflows", "ringback/activities", "ringback/destinations",
			"ringback/sources", "ringback/explanation", "ringback/internal/locale", "net/http", "database/sql", "gorm.io", "go.temporal.io"},
		why: "what a figure means does not depend on how it is stored"},
	{folders: []string{"reports"}, never: []string{"os", "math/rand", "log/slog", "github.com/jonboulle/clockwork"},
		why: "the figures are pure: the same input has the same result"},
	{folders: []string{"alerts"}, tests: true,
		never: []string{"ringback/models", "ringback/web", "ringback/workflows", "ringback/activities", "ringback/destinations",
			"ringback/sources", "ringback/explanation", "ringback/internal/locale", "net/http", "database/sql", "gorm.io", "go.temporal.io", "os", "math/rand", "log/slog"},
		why: "what an incident is depends on nothing but the conditions"},
	{folders: []string{"internal/geoip"}, never: []string{"ringback", "net/http", "log/slog"},
		why: "the lookup of places does not depend on its callers, and logs no address"},
	{folders: []string{"forms"}, never: []string{"ringback/conversion", "ringback/visits"},
		why: "the meaning of a form does not depend on where its lead is sent"},
	{folders: []string{"sitecheck"}, tests: true,
		never: []string{"ringback/models", "ringback/web", "ringback/internal/outbound", "ringback/destinations", "ringback/sources", "net/http", "database/sql", "go.temporal.io"},
		why:   "the check of a page gets the page from its caller and fetches nothing"},
	{folders: []string{"workflows"}, except: []string{"workflows/internal", "workflows/workflowstest"}, never: []string{"ringback/models", "ringback/web", "ringback/activities", "ringback/destinations",
		"gorm.io", "net/http", "database/sql", "math/rand", "os"},
		why: "workflows are deterministic and depend only on the contract of the activities"},
	{folders: []string{"internal/backoff"}, tests: true, never: []string{"ringback/models", "ringback/internal/delivery", "net/http", "go.temporal.io", "github.com/jonboulle/clockwork"},
		why: "a schedule is a function of the number of failures"},
	{folders: []string{"internal/outbound"}, never: []string{"ringback"},
		why: "the HTTP client for destinations does not depend on what is sent or what an answer means"},
	{folders: []string{"internal/accept"}, tests: true,
		never: []string{"ringback/web", "ringback/activities", "ringback/destinations", "net/http", "database/sql", "gorm.io", "go.temporal.io"},
		why:   "what is stored of a report does not depend on how it came in"},
	{folders: []string{"internal/delivery"}, tests: true,
		never: []string{"ringback/models", "ringback/web", "ringback/workflows", "ringback/activities", "ringback/destinations",
			"ringback/sources", "database/sql", "gorm.io", "go.temporal.io"},
		why: "destinations, the database and Temporal depend on deliveries, and not the other way round"},
	{folders: []string{"destinations", "sources"}, tests: true,
		never: []string{"ringback/models", "ringback/web", "ringback/workflows", "ringback/activities", "gorm.io", "go.temporal.io"},
		why:   "destinations and sources do not depend on the database or on Temporal"},
	{folders: []string{"crm"}, tests: true,
		never: []string{"ringback/models", "ringback/web", "ringback/workflows", "ringback/activities", "ringback/destinations",
			"ringback/sources", "ringback/internal/delivery", "gorm.io", "go.temporal.io"},
		why: "a client of a CRM does not depend on what is written or read with it"},
	{except: []string{"models", "dev", "test/bench"}, never: []string{"gorm.io", "github.com/glebarez", "github.com/pressly/goose", "database/sql"}, tests: true,
		why: "only models uses the database, and test/bench fills one with millions of rows"},
	{folders: []string{"models/database"}, never: []string{"=ringback/models", "ringback/conversion", "ringback/visits", "ringback/web", "ringback/workflows",
		"ringback/activities", "ringback/destinations", "ringback/sources", "ringback/phone", "net/http", "go.temporal.io"},
		why: "the kernel does not depend on what is stored"},
	{folders: []string{"models/deliveries", "models/history", "models/integrations", "models/tracking", "models/visitors", "models/websites"}, never: []string{"=ringback/models", "ringback/web", "ringback/workflows", "ringback/activities",
		"ringback/destinations", "ringback/sources", "net/http", "go.temporal.io"},
		why: "the parts of the store do not depend on what is put together from them"},
	{folders: []string{"models/journeys/graph"}, never: []string{"=ringback/models", "=ringback/models/journeys", "ringback/models/revenue", "ringback/models/crm", "ringback/web", "ringback/workflows",
		"ringback/activities", "net/http", "go.temporal.io"},
		why: "which facts belong together does not depend on what is computed from them"},
	{except: []string{"web"}, never: []string{"github.com/labstack/echo", "github.com/danielgtaylor/huma"}, tests: true,
		why: "only web uses Echo"},
	{except: []string{"web/cabinet"}, never: []string{"github.com/a-h/templ"}, tests: true,
		why: "only the pages are made of templates"},
	{folders: []string{"web/collect"}, tests: true, never: []string{"ringback/web/api", "ringback/web/intake", "ringback/web/cabinet"},
		why: "requests of the script need no token, so they do not depend on the handlers that need one"},
	{folders: []string{"web/intake"}, tests: true, never: []string{"ringback/web/api", "ringback/web/collect", "ringback/web/cabinet"},
		why: "the intake of reports does not depend on the other groups of handlers"},
	{folders: []string{"web/api"}, tests: true, never: []string{"ringback/web/collect", "ringback/web/intake", "ringback/web/cabinet"},
		why: "the API for owners does not depend on what visitors and providers send"},
	{folders: []string{"web/cabinet"}, tests: true, never: []string{"ringback/web/api", "ringback/web/collect", "ringback/web/intake"},
		why: "the pages read through the operations of the API as callers do, and do not depend on how they are answered"},
	{folders: []string{"web/internal"}, tests: true, never: []string{"ringback/web/api", "ringback/web/collect", "ringback/web/intake", "ringback/web/cabinet"},
		why: "what the handlers share does not depend on any of them"},
	{folders: []string{"web/internal/auth", "web/internal/cache"}, never: []string{"net/http", "github.com/labstack/echo", "github.com/danielgtaylor/huma"},
		why: "what each role may do does not depend on HTTP"},
	{folders: []string{"internal/limits", "internal/instant"}, tests: true, never: []string{"=ringback", "ringback/models", "ringback/web", "ringback/sources", "ringback/conversion"},
		why: "limits and times do not depend on where values come from"},
	{except: []string{"web", "internal/app", "internal/cli", "dev"}, never: []string{"ringback/web"},
		why: "only the packages that put the processes together import web"},
	{except: []string{"internal/app", "internal/cli", "dev", "test"}, never: []string{"ringback/internal/app"}, tests: true,
		why: "internal/app depends on all other packages, and none of them on it"},
	{except: []string{"internal/telemetry", "internal/app", "internal/cli"}, never: []string{"github.com/prometheus", "ringback/internal/telemetry"},
		why: "packages record metrics through small interfaces of their own"},
	{except: []string{"dev", "test"}, never: []string{"go.temporal.io/server", "github.com/temporalio/ui-server"}, tests: true,
		why: "only the module dev embeds a Temporal server"},
	{never: []string{"github.com/stretchr/testify/assert"}, tests: true,
		why: "use require: a test that goes on after a failure reports noise"},
	{never: []string{"=log"}, why: "logs go through log/slog"},
}

func TestImportsKeepTheirDirections(t *testing.T) {
	t.Parallel()
	holds(t, importsKeepTheirDirections)
}

func importsKeepTheirDirections(f file) []string {
	var problems []string
	for _, b := range borders {
		if !b.appliesTo(f) {
			continue
		}
		for _, imported := range f.imports() {
			if b.forbids(imported) {
				problems = append(problems, fmt.Sprintf("1: imports %s: %s", imported, b.why))
			}
		}
	}
	return problems
}

func (b border) appliesTo(f file) bool {
	if f.isTest() && !b.tests {
		return false
	}
	if f.folder() == "." && slices.Contains(b.except, ".") || f.in(b.except...) {
		return false
	}
	return len(b.folders) == 0 || f.in(b.folders...)
}

func (b border) forbids(imported string) bool {
	return slices.ContainsFunc(b.never, func(never string) bool {
		return "="+imported == never || imported == never || strings.HasPrefix(imported, never+"/")
	})
}
