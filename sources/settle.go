package sources

import "time"

// SettleOf returns a function that returns how long late data of a source is waited
// for after the end of a call, unless the site has a setting of its own for it. It
// returns 0 for a source that is not known.
func SettleOf(all *Registry) func(source string) time.Duration {
	return func(name string) time.Duration {
		source, ok := all.Get(name)
		if !ok {
			return 0
		}
		return time.Duration(source.Describe().SettleSeconds) * time.Second
	}
}
