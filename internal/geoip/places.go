package geoip

import (
	"fmt"
	"net/netip"

	"github.com/oschwald/maxminddb-golang/v2"
)

// Place is where an address is used, as far as the database knows. Names are English.
type Place struct {
	City    string
	Region  string // the first subdivision: England, California
	Country string // ISO 3166-1 alpha-2: GB, US
}

// Places looks addresses up in a database file. It may be asked concurrently.
type Places struct {
	reader *maxminddb.Reader
}

// Open opens a database file. The file is read as it is asked about: a newer one
// is put in its place by renaming and taken up at the next start.
func Open(file string) (*Places, error) {
	reader, err := maxminddb.Open(file)
	if err != nil {
		return nil, fmt.Errorf("opening the database of places: %w", err)
	}
	return &Places{reader: reader}, nil
}

// Close lets go of the file. Nothing may be asked from then on.
func (p *Places) Close() error { return p.reader.Close() }

// record is what is read of an entry: the fields that City databases share.
type record struct {
	City         names   `maxminddb:"city"`
	Subdivisions []names `maxminddb:"subdivisions"`
	Country      struct {
		Code string `maxminddb:"iso_code"`
	} `maxminddb:"country"`
}

type names struct {
	Names struct {
		English string `maxminddb:"en"`
	} `maxminddb:"names"`
}

// Place looks an address up. One that is not in the database, or an entry that
// cannot be read, is nowhere: no visit is lost for want of its city.
func (p *Places) Place(address netip.Addr) Place {
	var r record
	if !address.IsValid() || p.reader.Lookup(address.Unmap().WithZone("")).Decode(&r) != nil {
		return Place{}
	}
	place := Place{City: r.City.Names.English, Country: r.Country.Code}
	if len(r.Subdivisions) > 0 {
		place.Region = r.Subdivisions[0].Names.English
	}
	return place
}
