package geoip_test

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/stretchr/testify/require"

	"ringback/internal/geoip"
)

// database writes a database file and returns its path. The networks in the tests are reserved for documentation.
func database(t *testing.T, entries map[string]mmdbtype.DataType) string {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "Test-City", IncludeReservedNetworks: true})
	require.NoError(t, err)
	for cidr, entry := range entries {
		_, network, err := net.ParseCIDR(cidr)
		require.NoError(t, err)
		require.NoError(t, tree.Insert(network, entry))
	}
	path := filepath.Join(t.TempDir(), "places.mmdb")
	file, err := os.Create(path)
	require.NoError(t, err)
	_, err = tree.WriteTo(file)
	require.NoError(t, err)
	require.NoError(t, file.Close())
	return path
}

func named(english string) mmdbtype.Map {
	return mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String(english), "de": mmdbtype.String("auf Deutsch")}}
}

func TestPlaceOfAnAddress(t *testing.T) {
	t.Parallel()
	london := mmdbtype.Map{
		"city":         named("London"),
		"subdivisions": mmdbtype.Slice{named("England"), named("Greater London")},
		"country":      mmdbtype.Map{"iso_code": mmdbtype.String("GB")},
	}
	places, err := geoip.Open(database(t, map[string]mmdbtype.DataType{
		"192.0.2.0/24":    london,
		"2001:db8::/32":   london,
		"198.51.100.0/24": mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String("US")}},
		"203.0.113.0/25":  mmdbtype.Map{"country": mmdbtype.String("not a map")},
		"203.0.113.128/25": mmdbtype.Map{
			"country": mmdbtype.Map{"iso_code": mmdbtype.String("DE")}, "subdivisions": mmdbtype.Slice{},
		},
	}))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, places.Close()) })

	inLondon := geoip.Place{City: "London", Region: "England", Country: "GB"}
	for address, want := range map[string]geoip.Place{
		"192.0.2.7":          inLondon,
		"::ffff:192.0.2.7":   inLondon,
		"2001:db8::1":        inLondon,
		"2001:db8::1%eth0":   inLondon,
		"198.51.100.7":       {Country: "US"},
		"203.0.113.7":        {},
		"203.0.113.200":      {Country: "DE"},
		"10.0.0.1":           {},
		"fe80::1%lo":         {},
		"2001:4860:4860::88": {},
	} {
		require.Equal(t, want, places.Place(netip.MustParseAddr(address)), address)
	}
	require.Equal(t, geoip.Place{}, places.Place(netip.Addr{}), "the zero address")
}

func TestOpenReportsThatAFileIsNoDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "places.mmdb")
	require.NoError(t, os.WriteFile(path, []byte("no database"), 0o600))
	_, err := geoip.Open(path)
	require.ErrorContains(t, err, "opening the database of places")
	_, err = geoip.Open(path + ".missing")
	require.ErrorIs(t, err, os.ErrNotExist)
}
