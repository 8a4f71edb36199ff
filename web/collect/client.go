package collect

import (
	"net/netip"

	"ringback/web/internal/reqctx"

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
	r := reqctx.Of(c.Request().Context())
	return client{address: r.Address, network: r.Networks[0], networks: r.Networks, userAgent: c.Request().UserAgent()}
}
