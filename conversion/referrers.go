package conversion

// ReferrerSource names the site that a visit came from.
func ReferrerSource(host string) (source, medium string) { return host, "referral" }
