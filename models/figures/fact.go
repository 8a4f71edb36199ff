package figures

import (
	"strings"
	"time"

	"ringback/conversion"
	"ringback/reports"
)

// Fact is how one call or lead counts, and by what it can be divided.
type Fact struct {
	SeriesID     int64  `gorm:"primaryKey"`
	ConversionID string `gorm:"primaryKey"`
	Day          reports.Day
	Hour         int64 // the beginning of the local hour, in seconds since 1970
	At           time.Time
	Visit        `gorm:"embedded"`
	NumberID     string // the tracking number that was called, empty if it is none of the site's
	PoolID       string
	Form         string
	NoVisit      reports.NoVisit // why no visit is known, empty if one is

	reports.Counts `gorm:"embedded"`
}

// TableName returns the name of the table.
func (Fact) TableName() string { return "report_facts" }

// Visit is what reports divide by of the visit of a call or lead. What is not known is
// empty.
type Visit struct {
	Channel     string
	Source      string
	Medium      string
	Campaign    string
	Term        string
	LandingPage string // host and path
	Device      string
}

// visitOf returns the visit of traffic.
func visitOf(t *conversion.Traffic) Visit {
	if t == nil {
		return Visit{}
	}
	known := t.Normalized()
	if known.Channel == "" {
		known.Channel = conversion.Channel(known)
	}
	return Visit{
		Channel: reports.Key(known.Channel), Source: reports.Key(known.Source), Medium: reports.Key(known.Medium), Campaign: reports.Key(known.Campaign),
		Term: reports.Key(known.Term), LandingPage: reports.Key(page(known.LandingPage)), Device: reports.Key(known.Device),
	}
}

// page returns a page's address without its scheme, query and fragment: these differ by
// visitor, and may hold personal data.
func page(address string) string {
	address, _, _ = strings.Cut(address, "#")
	address, _, _ = strings.Cut(address, "?")
	if _, rest, found := strings.Cut(address, "://"); found {
		address = rest
	}
	return address
}

// send is one decision, with the state of its newest delivery.
type send struct {
	SeriesID      int64  `gorm:"primaryKey"`
	DecisionID    string `gorm:"primaryKey"`
	ConversionID  string
	IntegrationID string
	Day           reports.Day
	At            time.Time
	Reason        conversion.Reason

	reports.SendCounts `gorm:"embedded"`
}

// TableName returns the name of the table.
func (send) TableName() string { return "report_sends" }
