package rtbhouse

import (
	"net/url"
	"regexp"

	"ringback/conversion"
	"ringback/destinations"
	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/visitorid"
)

var (
	hashPattern  = regexp.MustCompile(`^[a-zA-Z0-9]{20}$`)
	tagPattern   = regexp.MustCompile(`^(conversion_[a-zA-Z0-9]+_[a-zA-Z0-9]+|custom_[a-zA-Z0-9\-]+)$`)
	valuePattern = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	offerPattern = regexp.MustCompile(`^[^_,\s]+(,[^_,\s]+)*$`)
)

var description = destinations.Description{
	Type: "rtbhouse",
	Name: "RTB House",
	Form: settings.Form{
		Options: []settings.Field{
			{Name: "base_url", Address: true, Default: "https://omni.creativecdn.com"},
			{Name: "id_parameter", Default: "aid", Choices: []string{"aid", "uid", "sid"}},
			{Name: "call_tag", Default: "conversion_action_call"},
			{Name: "lead_tag", Default: "conversion_action_form"},
			{Name: "value"},
			{Name: "offer_ids"},
			{Name: "cd", Default: "default", Choices: []string{"default", "false", "true"}},
			{Name: "visitor_id", Default: visitorid.RTBHouse},
		},
		Credentials: []settings.Field{
			{Name: "pkey", Required: true},
			{Name: "tagging_hash", Required: true},
		},
	},
}

// check returns what is wrong apart from missing and unknown fields.
func check(s settings.Values) []fault.Field {
	var wrong []fault.Field
	expect := func(ok bool, path, code string) {
		if !ok {
			wrong = append(wrong, fault.Field{Path: path, Expected: fault.Expect(description.Type + "." + code)})
		}
	}
	option := func(name string) string { return description.Option(s, name) }
	expect(usableBase(option("base_url")), "options.base_url", "base_url_form")
	for _, name := range []string{"call_tag", "lead_tag"} {
		expect(tagPattern.MatchString(option(name)), "options."+name, "tag_form")
	}
	expect(option("value") == "" || valuePattern.MatchString(option("value")), "options.value", "value_form")
	expect(option("offer_ids") == "" || offerPattern.MatchString(option("offer_ids")), "options.offer_ids", "offer_ids_form")
	if hash := s.Credential("tagging_hash"); hash != "" {
		expect(hashPattern.MatchString(hash), "credentials.tagging_hash", "tagging_hash_form")
	}
	return wrong
}

// usableBase reports whether postbacks can be sent to this base URL. It accepts http,
// because receivers in tests and internal networks have no certificate.
func usableBase(base string) bool {
	u, err := url.Parse(base)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" &&
		u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
}

// tagOption returns the name of the option with the tag for this kind of conversion.
func tagOption(kind conversion.Kind) string {
	if kind == conversion.KindLead {
		return "lead_tag"
	}
	return "call_tag"
}
