package outbound

import (
	"context"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGuardByAddress(t *testing.T) {
	t.Parallel()
	const always, ifPrivate, never = "always", "if private is allowed", "never"
	for address, allowed := range map[string]string{
		"93.184.215.14":          always,
		"2606:4700::1111":        always,
		"127.0.0.1":              ifPrivate,
		"127.8.8.8":              ifPrivate,
		"10.1.2.3":               ifPrivate,
		"172.16.0.1":             ifPrivate,
		"172.31.255.255":         ifPrivate,
		"192.168.1.1":            ifPrivate,
		"::1":                    ifPrivate,
		"fd12:3456::1":           ifPrivate,
		"0.0.0.0":                never,
		"100.64.0.1":             never, // shared address space
		"100.100.100.200":        never, // metadata (Alibaba)
		"169.254.169.254":        never, // metadata (AWS, Azure, Google)
		"169.254.1.1":            never,
		"192.0.0.192":            never, // metadata (Oracle)
		"168.63.129.16":          never, // Azure's WireServer, a public address
		"168.63.129.17":          always,
		"::ffff:168.63.129.16":   never,
		"64:ff9b::a83f:8110":     never, // the same by NAT64
		"2002:a83f:8110::":       never, // by 6to4
		"224.0.0.1":              never,
		"255.255.255.255":        never,
		"198.18.0.1":             never,
		"::":                     never,
		"fe80::1":                never,
		"ff02::1":                never,
		"fd00:ec2::254":          never, // metadata (AWS)
		"fd20:ce::254":           never, // metadata (Google)
		"::ffff:127.0.0.1":       never, // IPv4 in IPv6, as IPv6
		"::ffff:169.254.169.254": never,
		"::7f00:1":               never, // IPv4-compatible
		"64:ff9b::7f00:1":        never, // NAT64 of 127.0.0.1
		"2002:7f00:1::":          never, // 6to4 of 127.0.0.1
		"2001:0:7f00:1::":        never, // Teredo
		"2001:db8::1":            never,
	} {
		network := "tcp4"
		if net.ParseIP(address).To4() == nil || address[0] == ':' {
			network = "tcp6"
		}
		target := net.JoinHostPort(address, "8443")
		for _, allowPrivate := range []bool{false, true} {
			err := newGuard(allowPrivate).control(context.Background(), network, target, nil)
			if allowed == always || allowed == ifPrivate && allowPrivate {
				require.NoError(t, err, "%s, private allowed %t", address, allowPrivate)
				continue
			}
			require.ErrorIs(t, err, ErrForbiddenAddress, "%s, private allowed %t", address, allowPrivate)
		}
	}
}

func TestGuardRefusesWhatIsNotTCP(t *testing.T) {
	t.Parallel()
	for network, target := range map[string]string{"udp4": "93.184.215.14:53", "unix": "/run/socket", "tcp4": "no address"} {
		err := newGuard(true).control(context.Background(), network, target, nil)
		require.ErrorIs(t, err, ErrForbiddenAddress)
	}
}
