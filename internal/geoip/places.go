package geoip

import (
	"fmt"
	"net/netip"

	"github.com/oschwald/maxminddb-golang/v2"
)

// Place is the place in which an address is used. Fields that the database does not
// hold are empty. Names are English.
type Place struct {
	City    string
	Region  string // the first subdivision: England, California
	Country string // ISO 3166-1 alpha-2: GB, US
}

// Places looks up addresses in a database file. It is safe for concurrent use.
type Places struct {
	reader *maxminddb.Reader
}

// Open opens a database file. The file is read on demand, so it must not be overwritten:
// replace it by renaming a newer file, which is used from the next start on.
func Open(file string) (*Places, error) {
	reader, err := maxminddb.Open(file)
	if err != nil {
		return nil, fmt.Errorf("opening the database of places: %w", err)
	}
	return &Places{reader: reader}, nil
}

// Close closes the file. Place must not be called afterwards.
func (p *Places) Close() error { return p.reader.Close() }

// record holds the fields of an entry that all City databases have.
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

// Place returns the place of an address. It is empty if the address is not in the
// database or its entry cannot be read, because a visit must not be lost for that.
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
