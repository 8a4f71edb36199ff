package rtbhouse

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	path = "/partner/omni/postbacks"
	// maxPage bounds the page's URL and the referrer, as escaped. Together with
	// the rest a request line then stays under the 8 KB that servers take.
	maxPage = 2048
)

// postback is one server-to-server event. Everything is in the query, in the
// order of RTB House's own template (facts: RTB House, 1.2).
type postback struct {
	pkey      string
	idName    string // aid, uid or sid
	visitorID string
	at        time.Time
	tag       tag
	page      string
	referrer  string
}

// url returns the URL to post to.
func (p postback) url(base string) string {
	var b strings.Builder
	b.WriteString(strings.TrimRight(base, "/") + path)
	b.WriteString("?pkey=" + escape(p.pkey))
	b.WriteString("&" + p.idName + "=" + escape(p.visitorID))
	b.WriteString("&time=" + strconv.FormatInt(p.at.UnixMilli(), 10))
	b.WriteString("&tag=" + p.tag.text())
	if p.tag.conversion() {
		b.WriteString("&cd=" + p.tag.deduplication)
	}
	b.WriteString("&su=" + escapeUpTo(p.page, maxPage))
	b.WriteString("&sr=" + escapeUpTo(p.referrer, maxPage))
	return b.String()
}

// tag says what happened, in RTB House's grammar of fields that "_" separates
// and lists that "," separates (facts: RTB House, 1.3).
type tag struct {
	hash          string // the advertiser's tagging hash
	name          string // conversion_{class}_{subclass} or custom_{name}
	value         string
	conversionID  string
	offers        string // offer ids, separated by commas
	deduplication string // default, false or true; only of conversions
}

const (
	conversionPrefix = "conversion_"
	customPrefix     = "custom_"
)

func (t tag) conversion() bool { return strings.HasPrefix(t.name, conversionPrefix) }

// text returns the tag. A conversion keeps the "_" of its empty fields. A custom
// tag has a value alone, so it carries no conversion id.
func (t tag) text() string {
	text := "pr_" + t.hash + "_" + t.name + "_" + field(t.value)
	if t.conversion() {
		text += "_" + field(t.conversionID) + "_" + field(t.offers)
	}
	return text
}

// field keeps a field from being taken for two, and escapes it; commas stay, as in the template.
func field(s string) string {
	return strings.ReplaceAll(escape(strings.ReplaceAll(s, "_", "-")), "%2C", ",")
}

// escape percent-encodes as RFC 3986 has it: a space is %20.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// escapeUpTo escapes as many characters as fit, and never a part of one.
func escapeUpTo(s string, limit int) string {
	var b strings.Builder
	for _, r := range s {
		e := escape(string(r))
		if b.Len()+len(e) > limit {
			break
		}
		b.WriteString(e)
	}
	return b.String()
}
