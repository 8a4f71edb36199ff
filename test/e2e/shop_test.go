package e2e_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// The number on the shop's pages, and the numbers that replace it for visitors.
const pagesNumber = "+12025550100"

// patience is the longest time that a test waits for something.
const patience = time.Minute

var poolNumbers = []string{"+12025550141", "+12025550142", "+12025550143"}

// shop is a shop on the web whose owner has set up Ringback: the tag is on its pages,
// calls and leads go to RTB House, and a pool of numbers replaces the one on the pages.
type shop struct {
	*harness.Stack
	t        *testing.T
	web      *harness.Web
	api      *harness.API
	rtbhouse *harness.Destination
	site     string // its id
	tag      string // URL of its script
}

// openShop sets up a shop with these script settings.
func openShop(t *testing.T, stack *harness.Stack, script harness.JSON) *shop {
	t.Helper()
	s := &shop{Stack: stack, t: t, api: stack.API(), rtbhouse: harness.NewDestination(t)}
	s.site = s.api.Site(harness.JSON{"domains": []string{harness.Shop}})
	s.api.RTBHouse(s.site, s.rtbhouse.URL+"/ok", nil)
	if script != nil {
		s.api.Must("PATCH", s.path("/script"), script)
	}
	pool := s.api.Must("POST", s.path("/pools"), harness.JSON{"name": "Sample pool", "replaces": []string{pagesNumber}})
	s.api.Must("POST", s.path("/pools/"+pool["id"].(string)+"/numbers"), harness.JSON{"numbers": poolNumbers})
	s.tag = s.api.Must("GET", s.path("/script"), nil)["script_url"].(string)
	s.web = harness.NewWeb(t, s.tag)
	return s
}

// newShop sets up a shop with its own stack on SQLite.
func newShop(t *testing.T, script harness.JSON) *shop {
	t.Helper()
	return openShop(t, harness.NewStack(t, harness.StackOptions{}), script)
}

func (s *shop) path(below string) string { return "/api/v1/sites/" + s.site + below }

// page returns the URL of one of the shop's pages.
func (s *shop) page(path string) string { return s.web.URL(harness.Shop, path) }

// list returns the items of a list of the site, newest first.
func (s *shop) list(below string) []harness.JSON {
	s.t.Helper()
	var items []harness.JSON
	for _, item := range s.api.Must("GET", s.path(below), nil)["items"].([]any) {
		items = append(items, item.(harness.JSON))
	}
	return items
}

// waitSessions waits until the site has this many sessions with this many page
// views in all, and returns them, newest first.
func (s *shop) waitSessions(sessions, views int) []harness.JSON {
	s.t.Helper()
	var list []harness.JSON
	s.api.WaitFor(fmt.Sprintf("%d sessions with %d views", sessions, views), patience, func() bool {
		list = s.list("/sessions")
		seen := 0
		for _, session := range list {
			seen += int(session["views"].(float64))
		}
		return len(list) == sessions && seen == views
	}, func() string { return fmt.Sprint(list) })
	return list
}

// waitLeads waits until there are this many leads, all done, and returns their details, newest first.
func (s *shop) waitLeads(n int) []harness.JSON {
	s.t.Helper()
	var leads []harness.JSON
	s.api.WaitFor(fmt.Sprintf("%d leads", n), patience, func() bool {
		leads = s.list("/conversions?kind=lead")
		return len(leads) == n
	}, func() string { return fmt.Sprint(leads) })
	for i, lead := range leads {
		leads[i] = s.api.WaitConversion(lead["id"].(string), patience, harness.Done)
	}
	return leads
}

// call reports a call to a number, from its start to its end, and returns its
// details once it is done.
func (s *shop) call(id, from, to string) harness.JSON {
	s.t.Helper()
	events := s.path("/calls/" + id + "/events")
	at := time.Now().UTC()
	conversion := s.api.Must("POST", events, harness.JSON{
		"event_id": "e1", "type": "started", "at": at.Format(time.RFC3339Nano), "caller": from, "tracking_number": to,
	})["conversion_id"].(string)
	s.api.Must("POST", events, harness.JSON{
		"event_id": "e2", "type": "ended", "at": at.Add(40 * time.Second).Format(time.RFC3339Nano), "outcome": "answered", "talk_seconds": 35,
	})
	return s.api.WaitConversion(conversion, patience, harness.Done)
}

// decided returns the only decision on a conversion.
func decided(conversion harness.JSON) harness.JSON {
	return conversion["decisions"].([]any)[0].(harness.JSON)
}

// pickedVisit is where the visit came from that attribution picked for a conversion; nil when none.
func pickedVisit(conversion harness.JSON) harness.JSON {
	visit, _ := decided(conversion)["visit"].(harness.JSON)
	traffic, _ := visit["traffic"].(harness.JSON)
	return traffic
}

// script returns a stand-in for the shop's script on pages of this origin.
func (s *shop) script(origin string) *harness.Script { return s.NewScript(s.tag, origin) }

// waitNumber waits until the page shows one of the pool's numbers, and returns it.
func waitNumber(tab *harness.Tab) string {
	tab.Wait(`document.querySelector("#tel").href !== "tel:+12025550100"`)
	return strings.TrimPrefix(harness.Read[string](tab, `document.querySelector("#tel").href`), "tel:")
}

// requireQuiet requires that no page has reported an error.
func requireQuiet(t *testing.T, tab *harness.Tab) {
	t.Helper()
	require.Empty(t, tab.Errors(), "no page complains on the console")
	require.Empty(t, tab.Failures(), "no request failed")
}
