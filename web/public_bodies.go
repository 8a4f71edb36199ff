package web

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/texts"
	"ringback/models"
	"ringback/visits"
)

// storedNowhere is where the visitor's id is kept when the browser keeps nothing.
const storedNowhere = "memory"

// Bounds of what scripts say, beyond those of the body.
const (
	maxAgo        = 7 * 24 * time.Hour // a script keeps what it could not send no longer
	maxScriptWord = 16                 // characters of the script's version
	maxFormName   = 200
	maxPersonName = 200
	maxEmail      = 254
	maxTag        = 100
	maxTags       = 50
)

// scriptIDPattern is what the script's own random ids look like: of visitors,
// page views and leads.
var scriptIDPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// pageBody is what the script says of the page and its visitor with everything
// that happens there.
type pageBody struct {
	ID       string            `json:"id"`
	Visitor  string            `json:"visitor"`
	Ago      float64           `json:"ago"` // milliseconds between what happened and this sending: the page's clock may be wrong
	URL      string            `json:"url"`
	Referrer string            `json:"referrer"`
	IDs      map[string]string `json:"ids"` // third parties', as their cookies hold them
	Storage  string            `json:"storage"`
	Version  string            `json:"version"`
	Bot      bool              `json:"bot"` // the browser says that a program drives it
}

// identified is a body that names whom it is about.
type identified interface{ identified() error }

func (b pageBody) identified() error {
	if !scriptIDPattern.MatchString(b.ID) {
		return badBody("id", "16 to 64 letters, digits, - and _")
	}
	return checkVisitor(b.Visitor)
}

func checkVisitor(id string) error {
	if !scriptIDPattern.MatchString(id) {
		return badBody("visitor", "16 to 64 letters, digits, - and _")
	}
	return nil
}

// readScripts reads the JSON of a script. What has another type than ours is
// left out: nobody is there to correct a form that was sent.
func readScripts(body []byte, into identified) error {
	err := json.Unmarshal(body, into)
	var otherType *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &otherType) {
		return fault.New(fault.Invalid, "the request body is not valid JSON")
	}
	return into.identified()
}

func badBody(field, expected string) error {
	return fault.New(fault.Invalid, "the request body cannot be used: %s: expected %s", field, expected)
}

// age is how long ago it happened, within what is believed.
func (b pageBody) age() time.Duration {
	ms := min(max(b.Ago, 0), float64(maxAgo.Milliseconds()))
	return time.Duration(ms * float64(time.Millisecond))
}

// isBot reports whether a program looked at the page, by its own word or its name.
func (b pageBody) isBot(from client) bool { return b.Bot || visits.Bot(from.userAgent) }

// activity is what a visitor did, told by the page and by the request that told it.
func (s *server) activity(p posted, b pageBody, kind visits.Kind) models.Activity {
	a := models.Activity{
		VisitorID: b.Visitor, HitID: b.ID,
		Hit: visits.Hit{
			At: s.now().Add(-b.age()).Truncate(time.Microsecond), Kind: kind,
			URL: texts.Clean(b.URL), Referrer: texts.Clean(b.Referrer),
		},
		VisitorIDs: visitorIDs(p.plan.Site, b.IDs), Device: visits.Device(p.from.userAgent),
		Storage: oneOf(b.Storage, "cookie", "storage", storedNowhere), Script: texts.First(texts.Clean(b.Version), maxScriptWord),
	}
	if s.Places != nil {
		place := s.Places.Place(p.from.address)
		a.City, a.Region, a.Country = place.City, place.Region, place.Country
	}
	return a
}

// visitorIDs are the third parties' ids of those systems that the site's script
// reads, as far as they identify anybody.
func visitorIDs(site models.Site, given map[string]string) map[string]string {
	ids := map[string]string{}
	for _, source := range site.Script.VisitorIDs {
		id := texts.Clean(conversion.VisitorID(given[source.System]))
		if id != "" && utf8.RuneCountInString(id) <= maxMapValue {
			ids[source.System] = id
		}
	}
	return ids
}

func oneOf(word string, words ...string) string {
	if slices.Contains(words, word) {
		return word
	}
	return ""
}
