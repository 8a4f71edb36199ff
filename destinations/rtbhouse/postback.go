package rtbhouse

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	path = "/partner/omni/postbacks"
	// maxPage limits the escaped length of the page's URL and of the referrer, so
	// that the request line stays below the 8 KB that servers accept.
	maxPage = 2048
)

// postback is one server-to-server event. All of it is in the query, in the order of
// RTB House's template (docs/facts/rtb-house.md).
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
	b.WriteString("&tag=" + p.tag.String())
	if p.tag.conversion() {
		b.WriteString("&cd=" + p.tag.deduplication)
	}
	b.WriteString("&su=" + escapeUpTo(p.page, maxPage))
	b.WriteString("&sr=" + escapeUpTo(p.referrer, maxPage))
	return b.String()
}

// tag describes the conversion in RTB House's format: fields are separated by "_" and
// lists by "," (docs/facts/rtb-house.md).
type tag struct {
	hash          string // the advertiser's tagging hash
	name          string // conversion_{class}_{subclass} or custom_{name}
	value         string
	conversionID  string
	offers        string // offer ids, separated by commas
	deduplication string // default, false or true; only for conversion tags
}

const (
	conversionPrefix = "conversion_"
	customPrefix     = "custom_"
)

func (t tag) conversion() bool { return strings.HasPrefix(t.name, conversionPrefix) }

// String returns the tag. A conversion tag keeps the separators of its empty fields. A
// custom tag has only a value, so it has no conversion id.
func (t tag) String() string {
	text := "pr_" + t.hash + "_" + t.name + "_" + field(t.value)
	if t.conversion() {
		text += "_" + field(t.conversionID) + "_" + field(t.offers)
	}
	return text
}

// field escapes a field. It replaces "_", which would split the field, and keeps
// commas as in RTB House's template.
func field(s string) string {
	return strings.ReplaceAll(escape(strings.ReplaceAll(s, "_", "-")), "%2C", ",")
}

// escape percent-encodes as in RFC 3986: a space becomes %20.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// escapeUpTo escapes as many whole characters as fit into limit bytes.
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
