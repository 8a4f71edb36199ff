package collect

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"time"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/instant"
	"ringback/internal/limits"
	"ringback/internal/texts"
	"ringback/models"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/visits"
)

// storedNowhere is the storage of a visitor's id if the browser stores nothing.
const storedNowhere = "memory"

// Limits of what only the script posts.
const (
	maxAge     = 7 * 24 * time.Hour // the script holds what it could not post for no longer
	maxVersion = 16                 // characters of the script's version
)

// scriptIDPattern matches the random ids that the script makes of visitors, page
// views and leads.
var scriptIDPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// pageBody is what the script posts about the page and its visitor with every
// activity.
type pageBody struct {
	ID       string            `json:"id"`
	Visitor  string            `json:"visitor"`
	Ago      float64           `json:"ago"` // milliseconds from the activity to this post: the page's clock may be wrong
	URL      string            `json:"url"`
	Referrer string            `json:"referrer"`
	IDs      map[string]string `json:"ids"` // visitor ids as the cookies hold them
	Storage  string            `json:"storage"`
	Version  string            `json:"version"`
	Bot      bool              `json:"bot"` // the browser reports that it is automated
}

// checkedBody is a body that checks the ids it cannot be used without.
type checkedBody interface{ checkIDs() error }

func (b pageBody) checkIDs() error {
	if !scriptIDPattern.MatchString(b.ID) {
		return badBody("id", fault.Expect("script_id"))
	}
	return checkVisitor(b.Visitor)
}

func checkVisitor(id string) error {
	if !scriptIDPattern.MatchString(id) {
		return badBody("visitor", fault.Expect("script_id"))
	}
	return nil
}

// readBody reads the JSON that the script posted. Values of an unexpected type are
// left out: nobody can correct a form that was sent.
func readBody(body []byte, into checkedBody) error {
	err := json.Unmarshal(body, into)
	var otherType *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &otherType) {
		return fault.New(fault.Invalid, "body_not_json")
	}
	return into.checkIDs()
}

func badBody(field string, expected fault.Expectation) error {
	return fault.InvalidFields(fault.Field{Path: field, Expected: expected})
}

// age returns how long ago the activity was, within what is plausible.
func (b pageBody) age() time.Duration {
	ms := min(max(b.Ago, 0), float64(maxAge.Milliseconds()))
	return time.Duration(ms * float64(time.Millisecond))
}

// isBot reports whether the browser is automated, by its own report or its user agent.
func (b pageBody) isBot(from client) bool { return b.Bot || visits.Bot(from.userAgent) }

// activity returns what a visitor did, from the body and the request that brought it.
func (h *Handler) activity(r scriptRequest, b pageBody, kind visits.Kind) models.Activity {
	a := models.Activity{Activity: visitors.Activity{
		VisitorID: b.Visitor, HitID: b.ID,
		Hit: visits.Hit{
			At: instant.Of(h.clock.Now().Add(-b.age())), Kind: kind,
			URL: texts.Clean(b.URL), Referrer: texts.Clean(b.Referrer),
		},
		VisitorIDs: visitorIDs(r.plan.Site, b.IDs), Device: visits.Device(r.from.userAgent),
		Storage: oneOf(b.Storage, "cookie", "storage", storedNowhere), Script: texts.First(texts.Clean(b.Version), maxVersion),
	}}
	if h.places != nil {
		place := h.places.Place(r.from.address)
		a.City, a.Region, a.Country = place.City, place.Region, place.Country
	}
	return a
}

// visitorIDs returns those of the ids that the site's script is set to read and
// that identify a visitor.
func visitorIDs(site websites.Site, reported map[string]string) map[string]string {
	ids := map[string]string{}
	for _, source := range site.Script.VisitorIDs {
		id := texts.Clean(conversion.VisitorID(reported[source.System]))
		if id != "" && !limits.Exceeds(id, limits.ID) {
			ids[source.System] = id
		}
	}
	return ids
}

// oneOf returns the word if it is one of the words, otherwise nothing.
func oneOf(word string, words ...string) string {
	if slices.Contains(words, word) {
		return word
	}
	return ""
}
