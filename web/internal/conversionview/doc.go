// Package conversionview builds the views of conversions and their deliveries that
// the API and the pages for people show. It must not know which of them asks.
package conversionview
