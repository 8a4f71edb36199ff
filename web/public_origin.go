package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"ringback/models"
	"ringback/visits"
)

// answerTo lets the page that asks read the answer if it is one of the site's,
// and reports whether it is. A request without an origin, or of the origin "null"
// (a file, a sandboxed frame), is no page's.
func answerTo(c echo.Context, site models.Site) bool {
	header := c.Response().Header()
	header.Add(echo.HeaderVary, echo.HeaderOrigin)
	origins := c.Request().Header.Values(echo.HeaderOrigin)
	if len(origins) != 1 || !isOriginOf(site, origins[0]) {
		return false
	}
	header.Set(echo.HeaderAccessControlAllowOrigin, origins[0])
	header.Set(echo.HeaderAccessControlExposeHeaders, echo.HeaderRetryAfter)
	return true
}

// isOriginOf reports whether pages of an origin belong to a site: its host is one
// of the site's domains or below one, or the site's settings list it.
func isOriginOf(site models.Site, origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Scheme+"://"+u.Host != origin {
		return false
	}
	return visits.HostIn(u.Host, site.Domains) || slices.Contains(site.Script.Origins, strings.ToLower(origin))
}

// client is who sends: as much of it as is looked at, and never kept.
type client struct {
	address   netip.Addr // invalid: not known
	network   string     // what limits count by
	networks  []string   // that network, and the one it is part of, if that may be one customer's
	userAgent string
}

func (s *server) clientOf(c echo.Context) client {
	from := client{userAgent: c.Request().UserAgent()}
	from.address, _ = netip.ParseAddr(c.RealIP()) // the zero address when it cannot be read
	from.address = from.address.Unmap().WithZone("")
	from.networks = networksOf(from.address)
	from.network = from.networks[0]
	return from
}

// networksOf is what limits count by: an IPv4 address, or the /64 of an IPv6
// one, as every household and every rented machine has a whole /64 to send from;
// then its /48, which whoever asks for it gets.
func networksOf(address netip.Addr) []string {
	if !address.Is6() {
		return []string{address.String()}
	}
	narrow, wide := netip.PrefixFrom(address, 64), netip.PrefixFrom(address, 48)
	return []string{narrow.Masked().String(), wide.Masked().String()}
}

// addressFrom returns where a request comes from: the address that connected, or,
// when that is one of our own proxies, the nearest before them in X-Forwarded-For.
func addressFrom(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, proxy := range proxies {
		trust = append(trust, echo.TrustIPRange(netOf(proxy)))
	}
	return withoutPorts(echo.ExtractIPFromXFFHeader(trust...))
}

// withoutPorts reads X-Forwarded-For as some proxies write it: with the port that
// each address sent from.
func withoutPorts(extract echo.IPExtractor) echo.IPExtractor {
	return func(r *http.Request) string {
		var plain []string
		for _, value := range r.Header.Values(echo.HeaderXForwardedFor) {
			for entry := range strings.SplitSeq(value, ",") {
				entry = strings.TrimSpace(entry)
				if from, err := netip.ParseAddrPort(entry); err == nil {
					entry = from.Addr().String()
				}
				plain = append(plain, entry)
			}
		}
		header := http.Header{}
		if len(plain) > 0 {
			header.Set(echo.HeaderXForwardedFor, strings.Join(plain, ", "))
		}
		return extract(&http.Request{RemoteAddr: r.RemoteAddr, Header: header})
	}
}

func netOf(p netip.Prefix) *net.IPNet {
	p = p.Masked()
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
