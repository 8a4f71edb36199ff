package listing

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/sources"
)

// The names of the options that all these sources have.
const (
	ZoneOption     = "time_zone"
	addressOption  = "api_url"
	sinceOption    = "api_since"
	delayOption    = "api_delay_minutes"
	everyOption    = "api_every_minutes"
	requestsOption = "api_requests_per_minute"
	tagsOption     = "api_tags"
)

// The choices of the option api_tags.
const (
	tagsLate  = "late"
	tagsAtEnd = "at_end"
)

// The largest values of the options that are numbers.
const (
	maxMinutes  = 1440
	maxRequests = 600
)

// Defaults are the defaults that differ between providers.
type Defaults struct {
	URL               string
	DelayMinutes      int // how long the provider's message about a call may take after its end
	RequestsPerMinute int
}

// shared returns the options that all these sources have.
func shared(d Defaults) []settings.Field {
	return []settings.Field{
		{Name: ZoneOption},
		{Name: addressOption, Default: d.URL, Address: true},
		{Name: sinceOption},
		{Name: delayOption, Default: strconv.Itoa(d.DelayMinutes)},
		{Name: everyOption, Default: "10"},
		{Name: requestsOption, Default: strconv.Itoa(d.RequestsPerMinute)},
		{Name: tagsOption, Default: tagsLate, Choices: []string{tagsLate, tagsAtEnd}},
	}
}

// Check returns what is wrong with the options that all these sources have.
func Check(f settings.Form, v settings.Values) []fault.Field {
	var wrong []fault.Field
	add := func(option string, expected fault.Expectation) {
		wrong = append(wrong, fault.Field{Path: "options." + option, Expected: expected})
	}
	if _, err := time.LoadLocation(f.Option(v, ZoneOption)); err != nil {
		add(ZoneOption, fault.Expect("time_zone"))
	}
	if !isAddress(f.Option(v, addressOption)) {
		add(addressOption, fault.Expect("api_address"))
	}
	if since := f.Option(v, sinceOption); since != "" {
		if _, err := time.Parse(time.RFC3339, since); err != nil {
			add(sinceOption, fault.Expect("time_form"))
		}
	}
	for _, number := range []struct {
		option      string
		least, most int
	}{{delayOption, 0, maxMinutes}, {everyOption, 1, maxMinutes}, {requestsOption, 1, maxRequests}} {
		n, err := strconv.Atoi(f.Option(v, number.option))
		if err != nil || n < number.least || n > number.most {
			add(number.option, fault.Expect("whole_number").With("Least", strconv.Itoa(number.least)).With("Most", strconv.Itoa(number.most)))
		}
	}
	return wrong
}

func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == ""
}

// Complete returns what is missing if some, but not all, of these credentials and
// options of an API are set.
func Complete(f settings.Form, v settings.Values, credentials, options []string) []fault.Field {
	var missing []fault.Field
	given := false
	check := func(path, value string) {
		if value == "" {
			missing = append(missing, fault.Field{Path: path, Expected: fault.Expect("needed_for_api")})
		}
		given = given || value != ""
	}
	for _, name := range credentials {
		check("credentials."+name, v.Credential(name))
	}
	for _, name := range options {
		check("options."+name, f.Option(v, name))
	}
	if !given {
		return nil
	}
	return missing
}

// Plan is when an API is asked for calls.
type Plan struct {
	Since             time.Time // zero if the owner set none
	Delay             time.Duration
	Every             time.Duration
	RequestsPerMinute int
}

// PlanOf returns the plan of settings that Check has no objections to.
func PlanOf(f settings.Form, v settings.Values) Plan {
	since, _ := time.Parse(time.RFC3339, f.Option(v, sinceOption))
	number := func(option string) int {
		n, _ := strconv.Atoi(f.Option(v, option))
		return n
	}
	return Plan{
		Since: since, Delay: time.Duration(number(delayOption)) * time.Minute,
		Every:             time.Duration(max(number(everyOption), 1)) * time.Minute,
		RequestsPerMinute: max(number(requestsOption), 1),
	}
}

// Zone returns the time zone of the account at the provider.
func Zone(f settings.Form, s sources.Settings) *time.Location {
	if name := f.Option(s.Values, ZoneOption); name != "" {
		if zone, err := time.LoadLocation(name); err == nil { // checked when it was set
			return zone
		}
	}
	return s.TimeZone
}

// TagsAtEnd reports whether the tags of a listed call count as set before its end.
func TagsAtEnd(f settings.Form, v settings.Values) bool { return f.Option(v, tagsOption) == tagsAtEnd }

// Address returns the address of the API without a slash at its end.
func Address(f settings.Form, v settings.Values) string {
	return strings.TrimRight(f.Option(v, addressOption), "/")
}
