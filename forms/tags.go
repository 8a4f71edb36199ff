package forms

import "slices"

// AnyTag stands for all tags in AllowedTags.
const AnyTag = "*"

// AllowedTags are the tags that the leads of a site's pages may have. Nil means any.
type AllowedTags []string

// OrAny returns the tags with AnyTag in place of nil.
func (a AllowedTags) OrAny() AllowedTags {
	if a == nil {
		return AllowedTags{AnyTag}
	}
	return a
}

// Split returns those of the tags that leads may have, and the others.
func (a AllowedTags) Split(tags []string) (allowed, others []string) {
	allows := a.OrAny()
	for _, tag := range tags {
		if slices.Contains(allows, AnyTag) || slices.Contains(allows, tag) {
			allowed = append(allowed, tag)
		} else {
			others = append(others, tag)
		}
	}
	return allowed, others
}
