package web_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"ringback/web/cabinet/pages"
)

// routeParameter is a parameter in the path of a route.
var routeParameter = regexp.MustCompile(`:[a-z]+`)

// allPages returns the paths of all pages and files for people, also of those that lead on
// to another one. They are read from the routes of the service, so that a new page is
// tested as all others are.
func (w *world) allPages() (all []string) {
	w.t.Helper()
	for _, route := range w.handler.(*echo.Echo).Routes() {
		if route.Method != http.MethodGet || !strings.HasPrefix(route.Name, "ringback/web/cabinet.") {
			continue
		}
		path := strings.NewReplacer(
			"/conversions/:id", "/conversions/{conversion}", "/integrations/:id", "/integrations/{integration}",
			"/visits/:visit", "/visits/{session}", "/deliveries/:id", "/deliveries/{delivery}", ":site", "{site}", ":source", "callrail", ":report", pages.FirstReport, ":secret", "unknown",
		).Replace(route.Path)
		require.Empty(w.t, routeParameter.FindString(path), "say which thing of the world %s is about", route.Path)
		all = append(all, path)
	}
	require.Contains(w.t, all, w.reports()[0])
	all = append(all, w.reports()[1:]...)
	all = append(all, "/sites/{site}/sources/calltouch") // which is not set up
	slices.Sort(all)
	return all
}

// reports returns the paths of the reports' pages. Each of them links to the others.
func (w *world) reports() []string {
	first := "/sites/{site}/reports/" + pages.FirstReport
	links := regexp.MustCompile(regexp.QuoteMeta(w.fill("/sites/{site}/reports/")) + `[a-z]+"`)
	paths := []string{first}
	for _, link := range links.FindAllString(w.browse(first, adminToken).Body.String(), -1) {
		path := strings.TrimSuffix(strings.Replace(link, w.names["site"], "{site}", 1), `"`)
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// shownPages returns those of the pages that show something to an admin. The others lead on
// to another page: none may fail.
func (w *world) shownPages(keep func(path string) bool) (shown []string) {
	w.t.Helper()
	for _, path := range w.allPages() {
		if !keep(path) {
			continue
		}
		code := w.browse(path, adminToken).Code
		require.Contains(w.t, []int{http.StatusOK, http.StatusFound, http.StatusSeeOther}, code, path)
		if code == http.StatusOK {
			shown = append(shown, path)
		}
	}
	return shown
}

// sitePages returns the paths of the pages of a site, without the files.
func (w *world) sitePages() []string {
	return w.shownPages(func(path string) bool {
		return strings.HasPrefix(path, "/sites/{site}/") && !strings.HasSuffix(path, ".csv")
	})
}

// accountPages returns the paths of the pages about the account and the own user.
func (w *world) accountPages() []string {
	return w.shownPages(func(path string) bool {
		return !strings.Contains(path, "{") && w.browse(path, "").Code == http.StatusSeeOther
	})
}
