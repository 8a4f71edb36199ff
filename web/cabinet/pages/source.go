package pages

import (
	"slices"
	"strings"
	"time"
)

// SourceType is a type of sources, with what can be set.
type SourceType struct {
	Source, Title        string
	Several              bool     // a site may have several of them
	Steps                []string // at the provider
	LateDataSeconds      int      `json:"late_data_seconds"`
	Options, Credentials []SettingField
}

// Source is a source of calls, with how it works.
type Source struct {
	Source  string
	Enabled bool
	SettingValues
	LateDataSeconds int `json:"late_data_seconds"`
	Addresses       []SourceAddress
	Problem         string
	CreatedAt       time.Time `json:"created_at"` // zero if it is not set up

	Type   SourceType     `json:"-"` // empty for the API
	Status SourceStatus   `json:"-"`
	Unread UnreadMessages `json:"-"`
}

// SourceAddress is an address to enter at the provider.
type SourceAddress struct{ Label, URL string }

// SourceStatus is how a source works.
type SourceStatus struct {
	LastMessageAt  *time.Time `json:"last_message_at"`
	Silence, Clock struct{ Code, Explanation string }
	Reconciliation *struct {
		State, Explanation string
		Found              int64      `json:"calls_found"`
		LastAt             *time.Time `json:"last_reconciled_at"`
	}
}

// UnreadMessages are the messages of a source that could not be read.
type UnreadMessages struct {
	Messages    int64
	Explanation string          // what to do if there is no room for more
	Newest      []UnreadMessage `json:"-"`
}

// UnreadMessage is a message that could not be read.
type UnreadMessage struct {
	ID, Explanation string
	ReceivedAt      time.Time `json:"received_at"`
}

// IsSetUp reports whether the site has the source.
func (d Source) IsSetUp() bool { return !d.CreatedAt.IsZero() }

// title is the name of a source for people.
func (d Source) title(s Shell) string {
	label := strings.TrimPrefix(d.Source, d.Type.Source)
	switch {
	case d.Type.Source == "":
		return s.Code("source_name", d.Source)
	case label != "":
		return d.Type.Title + ": " + label[1:]
	default:
		return d.Type.Title
	}
}

// address is where the settings of a source are sent to.
func (d Source) address(s Shell) string { return "/api/v1/sites/" + s.Site.ID + "/sources/" + d.Source }

// page is the address of the page of a source.
func (d Source) page(s Shell) string { return s.Of("sources") + "/" + d.Source }

// hasSecret reports whether a secret of the owner's is a part of the addresses.
func (d Source) hasSecret() bool {
	return slices.ContainsFunc(d.Addresses, func(a SourceAddress) bool { return strings.Contains(a.URL, "=********") })
}

// TypeOf returns the type of a source, false if there is none.
func TypeOf(source string, types []SourceType) (SourceType, bool) {
	i := slices.IndexFunc(types, func(t SourceType) bool {
		return t.Source == source || t.Several && strings.HasPrefix(source, t.Source+"-")
	})
	if i < 0 {
		return SourceType{}, false
	}
	return types[i], true
}

// isUsed reports whether a source of a type is among those of the site.
func (t SourceType) isUsed(all []Source) bool {
	return slices.ContainsFunc(all, func(d Source) bool { return d.Source == t.Source })
}

// isIn reports whether a field is one of these.
func (f SettingField) isIn(all []SettingField) bool {
	return slices.ContainsFunc(all, func(other SettingField) bool { return other.Name == f.Name })
}
