package visits

import (
	"regexp"
	"strings"

	"github.com/mileusna/useragent"
)

// Device tells the kind of device by the browser's name of itself: desktop,
// mobile, tablet, or nothing when it does not say. Tablets of Apple call
// themselves Macs, and count as desktop.
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

// programs are words in the names of programs that visit pages, where the library
// does not know them or goes by the address that most of them carry: browsers
// that programs steer, tests of speed and of being up, searchers without a name,
// and libraries that fetch pages. None is in the name of a browser that people use.
var programs = []string{
	"headless", "lighthouse", "pagespeed", "gtmetrix", "webpagetest", "phantomjs", "puppeteer", "playwright", "selenium", "cypress",
	"monitor", "pingdom", "statuscake", "uptime", "synthetic", "site24x7",
	"spider", "crawl", "slurp", "scrapy", "archiver", "preview", "mediapartners", "adsbot", "facebookexternalhit", "scan",
	"curl", "wget", "python", "go-http-client", "java/", "okhttp", "axios", "node-fetch", "libwww", "httpclient", "postman", "ruby",
}

// bot finds names such as "bingbot/2.0", and leaves phones of the make Cubot alone.
var bot = regexp.MustCompile(`(?:^|[^u]|[^c]u)bot\b`)

// Bot reports whether the browser's name of itself is that of a program. Browsers
// of people always have a name.
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
