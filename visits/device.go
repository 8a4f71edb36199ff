package visits

import (
	"regexp"
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
// browsers, speed and uptime tests, crawlers without a name, and HTTP libraries.
// None of the words is in the user agent of a browser that people use.
var programs = []string{
	"headless", "lighthouse", "pagespeed", "gtmetrix", "webpagetest", "phantomjs", "puppeteer", "playwright", "selenium", "cypress",
	"monitor", "pingdom", "statuscake", "uptime", "synthetic", "site24x7",
	"spider", "crawl", "slurp", "scrapy", "archiver", "preview", "mediapartners", "adsbot", "facebookexternalhit", "scan",
	"curl", "wget", "python", "go-http-client", "java/", "okhttp", "axios", "node-fetch", "libwww", "httpclient", "postman", "ruby",
}

// bot matches names such as "bingbot/2.0", but not phones of the make Cubot.
var bot = regexp.MustCompile(`(?:^|[^u]|[^c]u)bot\b`)

// Bot reports whether a user agent is that of a program. An empty one is, because
// browsers that people use always send one.
func Bot(userAgent string) bool {
	name := strings.ToLower(strings.TrimSpace(userAgent))
	if name == "" || bot.MatchString(name) || useragent.Parse(userAgent).Bot {
		return true
	}
	for _, word := range programs {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
