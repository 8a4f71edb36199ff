package quotas

import (
	"maps"
	"slices"
)

// Name names a limit.
type Name string

// The limits. Those of a site apply to each site of the account by itself.
const (
	Sites               Name = "sites"
	Tokens              Name = "tokens" // that are not revoked
	SourcesPerSite      Name = "sources_per_site"
	IntegrationsPerSite Name = "integrations_per_site"
	PoolsPerSite        Name = "pools_per_site"
	NumbersPerSite      Name = "numbers_per_site"
	RequestsPerToken    Name = "requests_per_token" // per second, of each token of the API, with bursts of ten times as many
	SendsPerDay         Name = "sends_per_day"      // to destinations, retries and test events included; days are UTC
	ChecksAtOnce        Name = "checks_at_once"     // checks of pages
)

// Names returns the names of all limits, in the order in which they are shown.
func Names() []Name {
	return []Name{
		Sites, Tokens, SourcesPerSite, IntegrationsPerSite, PoolsPerSite, NumbersPerSite, RequestsPerToken, SendsPerDay, ChecksAtOnce,
	}
}

// Limits holds limits by their names. Zero means no limit, and so does a name that is
// missing.
type Limits map[Name]float64

// With returns the limits with those of one account in their place.
func (l Limits) With(own Limits) Limits {
	all := maps.Clone(l)
	if all == nil {
		all = Limits{}
	}
	maps.Copy(all, own)
	return all
}

// Of returns a limit that counts things.
func (l Limits) Of(name Name) int { return int(l[name]) }

// Fields returns the limits as fields of an account, for the audit trail.
func (l Limits) Fields() map[string]any {
	fields := map[string]any{}
	for name, limit := range l {
		fields["limits."+string(name)] = limit
	}
	return fields
}

// IsName reports whether a text names a limit.
func IsName(text string) bool { return slices.Contains(Names(), Name(text)) }

// IsLimit reports whether a limit can have this value: any that is not negative for
// requests per second, and whole numbers up to a billion for what is counted.
func IsLimit(name Name, value float64) bool {
	whole := value == float64(int64(value))
	return value >= 0 && value <= maxLimit && (whole || name == RequestsPerToken)
}

const maxLimit = 1e9
