// Package web is Ringback's HTTP side: the API by which settings are made and
// calls and leads are reported, the webhooks of providers, what the
// scripts on the sites' pages load and send, the pages that explain a conversion
// to a person, and health. Echo and huma live here alone.
//
// It decides nothing about conversions and delivers nothing: it checks what
// came in, hands it to the store, and says what is stored. It answers an
// accepted event only after the commit (guarantee 1), shows secrets to nobody
// (guarantee 8), and treats another account's ids as unknown ones (guarantee 9).
package web
