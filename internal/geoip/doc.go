// Package geoip tells in which place of the world an address is used, by a
// database file in MaxMind's format that the operator provides (GeoLite2 or
// GeoIP2 City, DB-IP, or one's own). Addresses are asked about and kept nowhere.
// It must not know who asks, nor anything of HTTP.
package geoip
