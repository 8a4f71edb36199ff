package rtbhousefake

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Postback is one event as RTB House reads it.
type Postback struct {
	VisitorID string
	IDKind    string // aid, uid or sid
	At        time.Time
	Tags      []string // unchanged: pr_{hash}_conversion_action_call__{id}_
	Page      string
	Referrer  string
}

var (
	idKinds    = []string{"aid", "uid", "sid"}
	parameters = append([]string{"pkey", "time", "tag", "cd", "su", "sr"}, idKinds...)

	conversionFields = regexp.MustCompile(`^conversion_[a-zA-Z0-9]+_[a-zA-Z0-9]+_([0-9.]*)_([^_\s]*)_([^_\s]*)$`)
	customFields     = regexp.MustCompile(`^custom_[a-zA-Z0-9-]+_[^_\s]*$`)
)

// read parses a postback. Its errors never quote the PKEY.
func read(rawQuery, hash string) (Postback, error) {
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return Postback{}, errors.New("the query cannot be read")
	}
	for name, values := range query {
		if !slices.Contains(parameters, name) {
			return Postback{}, fmt.Errorf("the parameter %q is not known", name)
		}
		if len(values) > 1 && name != "tag" {
			return Postback{}, fmt.Errorf("%s is given more than once", name)
		}
	}
	p := Postback{Tags: query["tag"], Page: query.Get("su"), Referrer: query.Get("sr")}
	if p.IDKind, p.VisitorID, err = visitor(query); err != nil {
		return Postback{}, err
	}
	if p.At, err = moment(query.Get("time")); err != nil {
		return Postback{}, err
	}
	return p, checkTags(p.Tags, query.Get("cd"), hash)
}

func visitor(query url.Values) (kind, id string, err error) {
	for _, name := range idKinds {
		if value := query.Get(name); value != "" {
			if id != "" {
				return "", "", errors.New("more than one of aid, uid and sid is given")
			}
			kind, id = name, value
		}
	}
	if id == "" {
		return "", "", errors.New("none of aid, uid and sid is given")
	}
	return kind, id, nil
}

// moment parses milliseconds. A value in seconds would be a day of January 1970.
func moment(text string) (time.Time, error) {
	milliseconds, err := strconv.ParseInt(text, 10, 64)
	at := time.UnixMilli(milliseconds).UTC()
	if err != nil || at.Year() < 2000 || at.Year() > 2100 {
		return time.Time{}, errors.New("time must be milliseconds since 1970")
	}
	return at, nil
}

// checkTags checks the tags against RTB House's grammar: fields separated by
// "_", which are kept if they are empty.
func checkTags(tags []string, cd, hash string) error {
	if len(tags) == 0 {
		return errors.New("tag is missing")
	}
	conversions := 0
	for _, tag := range tags {
		event, ok := strings.CutPrefix(tag, "pr_"+hash+"_")
		if !ok {
			return errors.New("tag must begin with pr_ and the advertiser's tagging hash")
		}
		switch {
		case conversionFields.MatchString(event):
			conversions++
		case !customFields.MatchString(event):
			return errors.New("tag must be conversion_{class}_{subclass}_{value}_{id}_{offers} or custom_{name}_{value}")
		}
	}
	if conversions == 0 && cd != "" {
		return errors.New("cd belongs to conversions alone")
	}
	if conversions > 0 && !slices.Contains([]string{"default", "false", "true"}, cd) {
		return errors.New("cd must be default, false or true")
	}
	return nil
}
