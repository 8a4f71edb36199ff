package app

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"ringback/internal/geoip"
	"ringback/models/quotas"
	"ringback/web/collect"
)

// proxies returns the trusted proxies as networks.
func (c Config) proxies() ([]netip.Prefix, error) {
	var networks []netip.Prefix
	for _, given := range c.TrustedProxies {
		network, err := netip.ParsePrefix(given)
		if err != nil {
			address, notEither := netip.ParseAddr(given)
			if notEither != nil || address.Zone() != "" {
				return nil, errors.New("must be addresses or networks, as in 10.0.0.0/8,192.0.2.1")
			}
			network = netip.PrefixFrom(address, address.BitLen())
		}
		networks = append(networks, network)
	}
	return networks, nil
}

// viewsAtOnce is enough for two transactions of page views that run and the next two.
const viewsAtOnce = 256

// limits returns the limits of what page scripts may send.
func (c Config) limits() collect.Limits {
	return collect.Limits{
		RequestsPerAddress: c.RequestsPerAddress, LeadsPerAddress: c.LeadsPerAddress,
		RequestsPerSite: c.RequestsPerSite, NewSessionsPerAddress: c.NewSessionsPerAddress,
		AtOnce: c.DatabaseConnections * 2 / 5, ViewsAtOnce: viewsAtOnce,
	}
}

// accountLimits returns what one account may set up and do, unless the operator has set
// other limits for it.
func (c Config) accountLimits() quotas.Limits {
	limits := quotas.Limits{quotas.RequestsPerToken: c.RequestsPerToken}
	for name, limit := range map[quotas.Name]int{
		quotas.Sites: c.SitesPerAccount, quotas.Tokens: c.TokensPerAccount, quotas.SourcesPerSite: c.SourcesPerSite,
		quotas.IntegrationsPerSite: c.IntegrationsPerSite, quotas.PoolsPerSite: c.PoolsPerSite, quotas.NumbersPerSite: c.NumbersPerSite,
		quotas.SendsPerDay: c.SendsPerDay, quotas.ChecksAtOnce: c.ChecksAtOnce,
	} {
		limits[name] = float64(limit)
	}
	return limits
}

// flagOf returns the flag that sets a limit of all accounts.
func flagOf(name quotas.Name) string {
	flag := strings.ReplaceAll(string(name), "_", "-")
	if name == quotas.Sites || name == quotas.Tokens {
		flag += "-per-account"
	}
	return flag
}

// openPlaces opens the configured GeoIP database. It returns nil if there is none.
func openPlaces(c Config) (*geoip.Places, error) {
	if c.GeoIPDatabase == "" {
		return nil, nil
	}
	places, err := geoip.Open(c.GeoIPDatabase)
	if err != nil {
		return nil, fmt.Errorf("opening the file of --geoip-database (%s): %w", variable("geoip-database"), err)
	}
	return places, nil
}

// locator returns the GeoIP database for web, or nil if there is none.
func (s *Service) locator() collect.Locator {
	if s.places == nil {
		return nil
	}
	return s.places
}

func (s *Service) closePlaces() error {
	if s.places == nil {
		return nil
	}
	return s.places.Close()
}
