// Package conversionview has conversions and their deliveries as the API and the
// pages for people show them. It must not know who asks for them.
package conversionview
