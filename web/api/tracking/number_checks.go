package tracking

import (
	"context"
	"slices"
	"strings"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/tracking"
	"ringback/models/websites"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/validate"
	"ringback/web/internal/wire"
)

// siteNumbers are all the tracking numbers of a site and the numbers on its pages
// that they stand in for. Neither may be the other: a tracking number on the page
// would be replaced by another one, and so on.
type siteNumbers struct {
	site     websites.Site
	pools    []tracking.Pool
	numbers  []tracking.Number
	tracking map[string]tracking.Number   // by E.164
	replaced map[string]fault.Expectation // by E.164, what is expected instead of a number that another one replaces
	defaults map[string]bool              // shown where a pool has none free, by E.164
}

// numbersOf reads a site's numbers. Settings of numbers are changed by people, one
// at a time: what another changes between this and the storing is not seen.
func (h *Handler) numbersOf(ctx context.Context, siteID string) (siteNumbers, error) {
	known := siteNumbers{tracking: map[string]tracking.Number{}, replaced: map[string]fault.Expectation{}, defaults: map[string]bool{}}
	site, err := h.sites.Site(ctx, siteID)
	if err != nil {
		return known, err
	}
	known.site = site
	known.numbers, err = all(func(page models.Page) ([]tracking.Number, string, error) {
		return h.store.Numbers(ctx, reqctx.Account(ctx), siteID, page)
	})
	if err != nil {
		return known, err
	}
	known.pools, err = all(func(page models.Page) ([]tracking.Pool, string, error) {
		return h.store.Pools(ctx, reqctx.Account(ctx), siteID, page)
	})
	if err != nil {
		return known, err
	}
	for _, number := range known.numbers {
		known.tracking[number.Number] = number
		for _, replaced := range number.Replaces {
			known.replaced[replaced] = fault.Expect("number_replaced_by_number").With("Number", number.Number)
		}
	}
	for _, pool := range known.pools {
		for _, replaced := range pool.Replaces {
			known.replaced[replaced] = fault.Expect("number_replaced_by_pool").With("Pool", pool.Name)
		}
		known.defaults[pool.DefaultNumber] = pool.DefaultNumber != ""
	}
	return known, nil
}

// all reads every page of a list.
func all[T any](read func(models.Page) ([]T, string, error)) ([]T, error) {
	const pageSize = 500
	var out []T
	for cursor := ""; ; {
		items, next, err := read(models.Page{Limit: pageSize, Cursor: cursor})
		if err != nil {
			return nil, err
		}
		out = append(out, items...)
		if next == "" {
			return out, nil
		}
		cursor = next
	}
}

// checker checks the fields of this package's bodies.
type checker struct{ validate.Checker }

// number reads a phone number; empty when it is none.
func (c *checker) number(path, given, region string) string {
	number := c.Phone(path, given, region)
	if number.Anonymous {
		c.Add(path, fault.Expect("phone_number"))
	}
	return number.E164
}

// replaces checks the numbers on the pages in whose place others are shown.
func (c *checker) replaces(given []string, known siteNumbers) []string {
	out := make([]string, 0, len(given))
	for i, text := range given {
		number := c.number(validate.Item("replaces", i), text, known.site.Region)
		if _, tracks := known.tracking[number]; tracks {
			c.Add(validate.Item("replaces", i), fault.Expect("number_on_pages"))
		}
		if number != "" && !slices.Contains(out, number) {
			out = append(out, number)
		}
	}
	return out
}

// defaultNumber checks the number that is shown when a pool has none free. One of
// a pool belongs to one session at a time and cannot be shown to many.
func (c *checker) defaultNumber(given string, known siteNumbers) string {
	if strings.TrimSpace(given) == "" {
		return ""
	}
	number := c.number("default_number", given, known.site.Region)
	if known.tracking[number].PoolID != "" {
		c.Add("default_number", fault.Expect("number_in_no_pool"))
	}
	return number
}

// trackingNumber checks a number that is new to the site.
func (c *checker) trackingNumber(path, given string, known siteNumbers) string {
	number := c.number(path, given, known.site.Region)
	if by, replaced := known.replaced[number]; replaced {
		c.Add(path, by)
	}
	return number
}

// ofPool refuses a number for a pool that is shown to many as a pool's default.
func (c *checker) ofPool(path, number string, known siteNumbers) {
	if known.defaults[number] {
		c.Add(path, fault.Expect("number_no_default"))
	}
}

// shownTo checks whom numbers are shown to.
func (c *checker) shownTo(given *wire.ConditionBody) *conversion.Condition {
	condition := given.Condition()
	c.AddFields(condition.Validate("shown_to")...)
	return condition
}
