package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/labstack/echo/v4"
)

// clientAddress returns the function that finds the address of a request's sender:
// the address that connected or, if that is one of our own proxies, the nearest
// address before the proxies in X-Forwarded-For.
func clientAddress(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, proxy := range proxies {
		trust = append(trust, echo.TrustIPRange(netOf(proxy)))
	}
	return withoutPorts(echo.ExtractIPFromXFFHeader(trust...))
}

// withoutPorts drops the ports from X-Forwarded-For, where some proxies write the
// port that each address sent from.
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

// netOf returns a network in the older type that Echo takes.
func netOf(p netip.Prefix) *net.IPNet {
	p = p.Masked()
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
