package visits

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mileusna/useragent"
)

// Device returns the kind of device of a user agent: desktop, mobile, tablet, or
// empty if it has none. Apple's tablets have the user agent of a Mac and count as desktop.
func Device(userAgent string) string {
	ua := useragent.Parse(userAgent)
	phone := strings.Contains(strings.ToLower(userAgent), "mobile")
	switch {
	case ua.Tablet, ua.IsAndroid() && !phone: // Android's tablets leave "Mobile" out
		return "tablet"
	case ua.Mobile:
		return "mobile"
	case ua.Desktop:
		return "desktop"
	default:
		return ""
	}
}

// programs are words in the user agents of programs that the library does not
// recognise, or recognises only by an address in the user agent: automated
// browsers, speed and uptime tests, and crawlers without a name. None of the words
// is in the user agent of a browser that people use, outside the names of devices.
var programs = []string{
	"headless", "lighthouse", "pagespeed", "gtmetrix", "webpagetest", "phantomjs", "puppeteer", "playwright", "selenium", "cypress",
	"monitor", "pingdom", "statuscake", "uptime", "synthetic", "site24x7",
	"spider", "crawl", "slurp", "scrapy", "archiver", "preview", "mediapartners", "adsbot", "facebookexternalhit", "scan",
	"googleother", "inspectiontool", "read-aloud", "ptst/", "checkly",
}

// libraries are words in the user agents of HTTP libraries, which have no rendering engine.
var libraries = []string{
	"curl", "wget", "python", "go-http-client", "java/", "okhttp", "axios", "node-fetch", "libwww", "httpclient", "postman", "ruby",
}

// bot matches names such as "bingbot/2.0", but not phones of the make Cubot.
var bot = regexp.MustCompile(`(?:^|[^u]|[^c]u)bot\b`)

// The names of devices, which may be any word: what an app's browser appends on the
// device ("Instagram 400.0 Android (34/14; Xiaomi; ruby; ...)"), Facebook's fields
// on it ("FBDV/..."), and the model before the build in the user agent of Android.
var (
	appDevice   = regexp.MustCompile(`(?i)\b(?:android|ios) \([^)]*\)|\bFB(?:DV|MD|CR|BD|MF)/[^;\]]*`)
	deviceModel = regexp.MustCompile(`(?i)(\(linux; (?:u; )?android [\d.]+)(?:; [a-z]{2}(?:-[a-z]{2})?)?;[^;)]*`)
)

// Bot reports whether a user agent is that of a program. An empty one is, because
// browsers that people use always send one.
func Bot(userAgent string) bool {
	userAgent = deviceModel.ReplaceAllString(appDevice.ReplaceAllString(userAgent, ""), "$1")
	name := strings.ToLower(strings.TrimSpace(userAgent))
	if name == "" || bot.MatchString(name) || useragent.Parse(userAgent).Bot {
		return true
	}
	words := programs
	if !strings.Contains(name, "applewebkit/") && !strings.Contains(name, "gecko/") {
		words = slices.Concat(programs, libraries)
	}
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(name, word) })
}
