package preview

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"ringback/internal/limits"
	"ringback/models/database"
	"ringback/models/judged"
	"ringback/models/websites"
)

// The bounds of what is tried.
const (
	usualDays  = 30
	maxDays    = 90
	usualLimit = 200
)

// Asked is which calls and leads settings are tried on, and what is shown of them.
type Asked struct {
	Days   int    `json:"days,omitempty" minimum:"1" maximum:"90" doc:"The number of days up to now. Default 30." example:"30"`
	Show   Show   `json:"show,omitempty" enum:"all,sent,skipped,gained,lost,none" doc:"Which of the judged calls and leads are items of the answer. The counts are about all. Default all."`
	Limit  int    `json:"limit,omitempty" minimum:"1" maximum:"1000" doc:"The number of calls and leads to judge at most. Default 200."`
	Cursor string `json:"cursor,omitempty" maxLength:"400" doc:"The next_cursor of the previous answer, to judge the calls and leads after it. The days are then those of the first page."`
}

func (a Asked) days() int {
	if a.Days == 0 {
		return usualDays
	}
	return a.Days
}

func (a Asked) limit() int {
	if a.Limit == 0 {
		return usualLimit
	}
	return a.Limit
}

// place is where a page begins. It holds all that a trial needs between its pages, so that
// nothing of it is stored.
type place struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Total int       `json:"total"`
	Done  int       `json:"done"`
	At    time.Time `json:"at,omitzero"`
	ID    string    `json:"id,omitempty"`
}

// parsePlace reads a cursor. It refuses one that was in no answer.
func parsePlace(cursor string) (p place, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil || !limits.IsStorable(p.ID) || p.To.Sub(p.From) > (maxDays+1)*24*time.Hour {
		return p, database.BadCursor()
	}
	return p, nil
}

func (p place) cursor() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // times of years up to 9999, numbers and a text
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func (p place) decided(site websites.Site) judged.Decided {
	return judged.Decided{AccountID: site.AccountID, SiteID: site.ID, From: p.From, To: p.To}
}

func (p place) after() judged.Place { return judged.Place{At: p.At, ID: p.ID} }
