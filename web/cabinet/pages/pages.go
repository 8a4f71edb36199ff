// Package pages has the templates of the cabinet, and the Go code that is generated from
// them. A template gets all that it shows as values: it must not know where they are read.
package pages

import (
	"slices"
	"time"

	"ringback/web/cabinet/texts"
	"ringback/web/internal/conversionview"
)

// Shell is what every page has around its content.
type Shell struct {
	texts.Reader
	Style, Script, Icon string // addresses
	Theme               string // light or dark; empty for that of the system
	KeysOff             bool   // single letters are no keys
	Address             string // of this page, with its query
	SignedIn            bool
	IsUser              bool           // a user is signed in, and not a token
	OwnZone             string         // the time zone that the user reads times in; empty for that of the site
	Days                *time.Location // the time zone of the site, by whose days is counted; nil without a site
	MayEdit             bool           // the settings of the page's site
	MayManage           bool           // the people and the keys of the account, and read the journal
	UserName            string         // empty if nobody is signed in, or with a token
	Sites               []Site         // those of the account
	Site                Site           // the one that the page is about; empty if there is none
	Section             string         // the entry of the menu that the page belongs to
}

// Site is a site to choose.
type Site struct {
	ID, Name string
	TimeZone string `json:"time_zone"`
}

// Entry is an entry of the menu.
type Entry struct{ Section, Address string }

// Menu returns the entries of the menu: those of the page's site, or those of the account.
func (s Shell) Menu() (entries []Entry) {
	if s.Site.ID == "" {
		return s.Account()
	}
	for _, section := range sections {
		if section == "journal" && !s.MayManage {
			continue
		}
		entries = append(entries, Entry{section, s.Of(section)})
	}
	return slices.Insert(entries, 1, alertsEntry)
}

// alertsEntry leads to the alerts of the account, from the pages of each site, too.
var alertsEntry = Entry{"alerts", "/alerts"}

// Account returns the entries about the own user and the account, none for somebody who is
// not signed in.
func (s Shell) Account() (entries []Entry) {
	if s.SignedIn {
		entries = append(entries, Entry{"me", "/me"}, alertsEntry)
	}
	if s.MayManage {
		entries = append(entries, Entry{"people", "/people"}, Entry{"keys", "/keys"})
	}
	return entries
}

// sections are the parts of the cabinet, in the order of the menu.
var sections = []string{"overview", "calls", "visits", "deliveries", "reports", "integrations", "numbers", "sources", "script", "journal"}

// Of returns the address of a section of the page's site.
func (s Shell) Of(section string) string { return "/sites/" + s.Site.ID + "/" + section }

// Login is the content of the page to sign in.
type Login struct {
	Next   string // where to go on to
	Failed string // why the last attempt with a token was refused, as a code; empty if there was none

	Email   string // that was entered before
	Problem string // why the last attempt with a password was refused, in words; empty if there was none
	Mails   bool   // a link for a new password can be mailed
	OpenID  bool   // people sign in by OpenID Connect, too
}

// Failure is the content of the page of an error.
type Failure struct{ Code, RequestID string }

// Conversion is the content of the page of a conversion.
type Conversion struct {
	conversionview.DetailView
	ByIntegration []Integration
	Story         Story
}

// Integration is one integration's part of the page of a conversion.
type Integration struct {
	conversionview.StatusView
	Decision   *conversionview.DecisionView // nil if it is not decided yet
	Deliveries []conversionview.DeliveryView
}
