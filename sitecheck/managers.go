package sitecheck

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// containerID matches the ids of Google Tag Manager's containers.
var containerID = regexp.MustCompile(`\bGTM-[A-Z0-9]{4,12}\b`)

// managerHosts holds parts of the addresses that tag managers load from.
var managerHosts = []struct{ part, name string }{
	{"tags.tiqcdn.com", "Tealium"},
	{"assets.adobedtm.com", "Adobe Experience Platform Tags"},
	{"/js/container_", "Matomo Tag Manager"},
	{"tagcommander.com", "Commanders Act"},
	{"cdn.segment.com", "Segment"},
}

// tagManagers returns the names of the tag managers on the page, each once.
func tagManagers(d document) []string {
	var found []string
	note := func(name string) {
		if !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	for n := range d.live() {
		if n.DataAtom != atom.Script {
			continue
		}
		src, _ := attribute(n, "src")
		code := textOf(n)
		for _, text := range []string{src, code} {
			if strings.Contains(text, "gtm") {
				for _, id := range containerID.FindAllString(text, 10) {
					note("Google Tag Manager " + id)
				}
			}
			for _, manager := range managerHosts {
				if strings.Contains(text, manager.part) {
					note(manager.name)
				}
			}
		}
	}
	return found
}
