package collect

import (
	"net/netip"

	"github.com/labstack/echo/v4"
)

// client is the sender of a request. None of it is stored.
type client struct {
	address   netip.Addr // invalid if it is not known
	network   string     // the key that limits count by
	networks  []string   // that network, then the wider one it is part of, if one customer may have all of that
	userAgent string
}

func clientOf(c echo.Context) client {
	from := client{userAgent: c.Request().UserAgent()}
	from.address, _ = netip.ParseAddr(c.RealIP()) // the zero address when it cannot be read
	from.address = from.address.Unmap().WithZone("")
	from.networks = networksOf(from.address)
	from.network = from.networks[0]
	return from
}

// networksOf returns the networks that limits count an address by: an IPv4 address
// itself, or the /64 of an IPv6 address, as every household and every rented machine
// has a whole /64, and then its /48, which customers get on request.
func networksOf(address netip.Addr) []string {
	if !address.Is6() {
		return []string{address.String()}
	}
	narrow, wide := netip.PrefixFrom(address, 64), netip.PrefixFrom(address, 48)
	return []string{narrow.Masked().String(), wide.Masked().String()}
}
