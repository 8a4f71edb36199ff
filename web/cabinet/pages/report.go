package pages

import (
	"math"
	"net/url"
	"strings"
	"time"
)

// Report is a report as the API answers it, as far as pages show it.
type Report struct {
	TimeZone   string    `json:"time_zone"`
	AsOf       time.Time `json:"as_of"`
	Period     Span      `json:"period"`
	Unfinished bool      `json:"unfinished"`
	Compared   *Span     `json:"compared"`
	FewCalls   bool      `json:"few_calls"`
	Meanings   []Meaning `json:"meanings"`
	Total      *Row      `json:"total"`
	Days       []Row     `json:"days"`
	Rows       []Row     `json:"rows"`
}

// Span is the first and the last day of a period.
type Span struct {
	From, To string
}

// Meaning is what a figure means.
type Meaning struct {
	ID, Name, Meaning string
	ByDate            string `json:"by_date"`
	Money             bool
}

// Row is a row of a report: what it is about, and its figures by their ids.
type Row struct {
	Key     map[string]string
	Figures map[string]Figure
}

// Figure is the value of a figure.
type Figure struct {
	Value, Before, Change *float64
	New                   bool
	Rows                  string // the address in the API of what it counts; empty if it is not listed
}

// Count returns the value as a whole number, zero if it is not known.
func (f Figure) Count() int64 {
	if f.Value == nil {
		return 0
	}
	return int64(*f.Value)
}

// Link returns the address of the page that lists what the figure counts, empty if there
// is none.
func (f Figure) Link() string { return PageOf(f.Rows) }

// PageOf returns the address of the page of what the API has at an address, empty if there
// is no page.
func PageOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return ""
	}
	path, isAPI := strings.CutPrefix(u.Path, "/api/v1")
	site, isList := strings.CutSuffix(path, "/conversions")
	switch {
	case isAPI && isList:
		return (&url.URL{Path: site + "/calls", RawQuery: u.RawQuery}).String()
	case isAPI && strings.HasSuffix(path, "/unread-messages"):
		return strings.TrimSuffix(path, "/unread-messages") + "/sources/" + url.PathEscape(u.Query().Get("source")) + "#unread"
	case isAPI && strings.HasSuffix(path, "/reports/tracking"):
		return (&url.URL{Path: path, RawQuery: u.RawQuery}).String()
	case isAPI && strings.Contains(path, "/pools/"):
		return path[:strings.Index(path, "/pools/")] + "/numbers"
	default:
		return ""
	}
}

// Name returns the name of a figure.
func (r Report) Name(id string) string {
	for _, m := range r.Meanings {
		if m.ID == id {
			return m.Name
		}
	}
	return id
}

// figure returns the value of a figure as it is written, by what the figure is.
func (s Shell) figure(id string, value *float64) string {
	switch {
	case value == nil:
		return "–"
	case strings.HasSuffix(id, "_rate"):
		return s.Language.Percent(int(math.Round(*value*1000)) * 10)
	case strings.HasPrefix(id, "average_"), strings.HasPrefix(id, "median_"), id == "wait_90", id == "delivery_95":
		return s.Seconds(int(math.Round(*value)))
	case id == "attempts_per_delivery":
		return s.Decimal(*value)
	default:
		return s.Number(int64(math.Round(*value)))
	}
}

// change returns how a value has changed, empty if it is not known.
func (s Shell) change(f Figure) string {
	switch {
	case f.New:
		return s.T("new")
	case f.Change == nil:
		return ""
	default:
		sign := ""
		if *f.Change > 0 {
			sign = "+"
		}
		return sign + s.Language.Percent(int(math.Round(*f.Change*100))*100)
	}
}

// keyText returns what a row is about, with the values of its key one after the other.
func (s Shell) keyText(row Row, names ...string) string {
	var parts []string
	for _, name := range names {
		parts = append(parts, s.keyValue(name, row.Key[name]))
	}
	return strings.Join(parts, " / ")
}

// keyValue returns one value of a key. The names of channels and reasons are labels.
func (s Shell) keyValue(name, value string) string {
	switch {
	case value == "" && name == "no_visit":
		return s.T("visit_known")
	case value == "":
		return s.T("not_set")
	case name == "channel":
		return s.Code("channel", value)
	case name == "reason":
		return s.Code("reason", value)
	case name == "no_visit":
		return s.Code("no_visit", value)
	case name == "device":
		return s.Code("device", value)
	default:
		return value
	}
}

// Overview is the content of the overview.
type Overview struct {
	Report
	Sending struct {
		Meanings []Meaning
		Total    Row
		Skipped  []Row
	}
	NeedsAHand []Need `json:"needs_a_hand"`
	Asked      Asked  `json:"-"`
	Steps      *Steps `json:"-"` // nil once a conversion was delivered
	OpenAlerts int    `json:"-"` // those of the site that are not muted
}

// Need is something that needs somebody to do something.
type Need struct {
	Code, Name, Rows, Explanation string
	At                            *time.Time
}

// Asked is which period a page is about, as its address has it.
type Asked struct {
	Period, From, To, Compare string
	Problem                   *Problem
}

// Problem is why the API refused what was asked for.
type Problem struct {
	Detail string
	Fields []ProblemField
}

// ProblemField is a parameter that was refused, and what was expected of it.
type ProblemField struct{ Field, Expected string }
