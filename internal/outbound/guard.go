package outbound

import (
	"context"
	"fmt"
	"net/netip"
	"syscall"

	"code.dny.dev/ssrf"
)

// The networks that AllowPrivate allows. Shared address space (100.64.0.0/10) is not
// among them: clouds keep metadata services there.
var (
	private4 = []netip.Prefix{
		netip.MustParsePrefix("127.0.0.0/8"),
		netip.MustParsePrefix("10.0.0.0/8"),
		netip.MustParsePrefix("172.16.0.0/12"),
		netip.MustParsePrefix("192.168.0.0/16"),
	}
	private6 = []netip.Prefix{
		netip.MustParsePrefix("::1/128"),
		netip.MustParsePrefix("fc00::/7"),
	}
)

// metadata are the services of clouds that hand out credentials or a machine's
// configuration at addresses which are otherwise public (Azure's WireServer) or
// private (AWS, Google Cloud, inside fc00::/7): docs/facts/networks.md.
var metadata = []netip.Prefix{
	netip.MustParsePrefix("168.63.129.16/32"),
	netip.MustParsePrefix("fd00:ec2::/32"),
	netip.MustParsePrefix("fd20:ce::/32"),
}

// guard checks the resolved address at connect time, because a name may have
// resolved to another address when it was checked earlier.
type guard struct {
	rules *ssrf.Guardian
}

func newGuard(allowPrivate bool) guard {
	options := []ssrf.Option{ssrf.WithAnyPort()}
	if allowPrivate {
		options = append(options, ssrf.WithAllowedV4Prefixes(private4...), ssrf.WithAllowedV6Prefixes(private6...))
	}
	return guard{rules: ssrf.New(options...)}
}

// control is a net.Dialer's ControlContext.
func (g guard) control(_ context.Context, network, address string, conn syscall.RawConn) error {
	if err := g.rules.Safe(network, address, conn); err != nil {
		return fmt.Errorf("%w: %w", ErrForbiddenAddress, err)
	}
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForbiddenAddress, err)
	}
	for _, prefix := range metadata {
		if prefix.Contains(target.Addr().WithZone("").Unmap()) {
			return fmt.Errorf("%w: a metadata service", ErrForbiddenAddress)
		}
	}
	return nil
}
