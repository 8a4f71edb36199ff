// Package geoip looks up the place in which an IP address is used, in a database file
// of MaxMind's format that the operator provides (GeoLite2 or GeoIP2 City, DB-IP, or
// another). It stores no addresses. It must not know its callers or HTTP.
package geoip
