package pages

import (
	"slices"
	"strings"

	"ringback/internal/locale"
)

// languages are the choices of the language, each in itself.
var languages = []struct {
	tag  locale.Language
	name string
}{{locale.English, "English"}, {locale.Russian, "Русский"}, {locale.Portuguese, "Português"}}

// themes are the choices of the theme. The empty one is that of the system.
var themes = []string{"", "light", "dark"}

func themeName(theme string) string {
	if theme == "" {
		return "system"
	}
	return theme
}

func colorScheme(theme string) string {
	if theme == "" {
		return "light dark"
	}
	return theme
}

func pressed(is bool) string {
	if is {
		return "true"
	}
	return "false"
}

func current(is bool) string {
	if is {
		return "page"
	}
	return "false"
}

// sectionForSites is the section that a change of the site leads to: the same one, or the
// first.
func (s Shell) sectionForSites() string {
	if slices.Contains(sections, s.Section) {
		return s.Section
	}
	return "overview"
}

// zones are the choices of the time zone of times in the menu: that of the site, UTC, and
// the one that the user has chosen. The empty one is that of the site.
func (s Shell) zones() []string {
	all := []string{"", "UTC"}
	if !slices.Contains(all, s.OwnZone) {
		all = append(all, s.OwnZone)
	}
	return all
}

// zoneLabel returns the name of a choice of the time zone.
func (s Shell) zoneLabel(zone string) string {
	if zone == "" {
		return s.T("zone_of_site")
	}
	return zone
}

// keys are the keys of the pages, as the list of keys shows them.
var keys = []struct{ Keys, Code string }{
	{"/", "search"}, {"Ctrl K", "palette"}, {"?", "list"}, {"g o", "overview"}, {"g c", "calls"}, {"g v", "visits"}, {"g d", "deliveries"}, {"g r", "reports"}, {"g i", "integrations"},
	{"j, k", "rows"}, {"Enter", "open"}, {"x", "select"}, {"[ ]", "period"}, {"Esc", "close"}, {"e", "export"},
}

// keyOf returns the keys that lead to a section, empty if there are none.
func keyOf(section string) string {
	for _, key := range keys {
		if key.Code == section {
			return strings.ReplaceAll(key.Keys, " ", "")
		}
	}
	return ""
}

// otherKeys returns the value of the preference that switches single letters on or off.
func otherKeys(off bool) string {
	if off {
		return ""
	}
	return "off"
}

// places returns the pages that the palette leads to, with their names: those of the menu,
// the reports, those of the account, and the other sites.
func (s Shell) places() (all []Entry) {
	named := func(entries []Entry) {
		for _, e := range entries {
			all = append(all, Entry{s.Code("section", e.Section), e.Address})
		}
	}
	if s.Site.ID != "" {
		named(s.Menu())
		for _, name := range reportNames {
			all = append(all, Entry{s.Code("section", "reports") + ": " + s.Code("report", name), s.Of("reports") + "/" + name})
		}
	}
	named(slices.DeleteFunc(s.Account(), func(e Entry) bool { return s.Site.ID != "" && e == alertsEntry }))
	for _, site := range s.Sites {
		if site.ID != s.Site.ID {
			all = append(all, Entry{s.T("site") + ": " + site.Name, Shell{Site: site}.Of(s.sectionForSites())})
		}
	}
	return all
}
