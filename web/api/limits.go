package api

import (
	"context"
	"maps"
	"slices"
	"time"

	"ringback/internal/fault"
	"ringback/models/audit"
	"ringback/models/quotas"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

type limitStore interface {
	LimitsOf(ctx context.Context, accountID string) (quotas.Limits, error)
	DefaultLimits() quotas.Limits
	Usage(ctx context.Context, accountID string) (map[quotas.Name]quotas.Used, error)
	SetLimits(ctx context.Context, actor audit.Actor, accountID string, change func(quotas.Limits) error) error
	ReserveSends(ctx context.Context, accountID string, onlyOne bool) (quotas.Reservation, error)
}

// limitView is one limit of an account, and how much of it is used.
type limitView struct {
	Name  quotas.Name `json:"name" enum:"sites,tokens,sources_per_site,integrations_per_site,pools_per_site,numbers_per_site,requests_per_token,sends_per_day,checks_at_once" doc:"What is limited. requests_per_token is per second, with bursts of ten times as many. sends_per_day counts sends to destinations, retries and test events included, on a day in UTC, in steps of at most half a percent; further deliveries wait until the next day." example:"integrations_per_site"`
	Limit *float64    `json:"limit,omitempty" doc:"The most that is allowed. Missing if there is no limit." example:"50"`
	Own   bool        `json:"own" doc:"Whether the account has another limit than all accounts, set by the operator."`
	Used  *int        `json:"used,omitempty" doc:"How much is used. For a limit that applies to each site, this is the site that has most. Missing if it is not counted." example:"3"`
	Site  string      `json:"site,omitempty" doc:"The site that has most." example:"site_01jdq00000000000000000000"`
	Until *time.Time  `json:"until,omitempty" doc:"When counting begins again."`
}

// OfAccount is the parameter of operations on an account.
type OfAccount struct {
	Account string `path:"account" doc:"The account's id." example:"acc_01jdq00000000000000000000"`
}

type limitChanges struct {
	Limits map[string]*float64 `json:"limits" doc:"Limits by name, as GET /limits lists them. A number replaces the limit, 0 means no limit, null restores that of all accounts, and names that are left out keep theirs." example:"{\"sends_per_day\": 500000}"`
}

func (h *Handler) readLimits(ctx context.Context, _ *struct{}) (*wire.Listing[limitView], error) {
	return h.limitsOf(ctx, reqctx.Account(ctx))
}

func (h *Handler) limitsOf(ctx context.Context, accountID string) (*wire.Listing[limitView], error) {
	limits, err := h.store.LimitsOf(ctx, accountID)
	if err != nil {
		return nil, err
	}
	used, err := h.store.Usage(ctx, accountID)
	if err != nil {
		return nil, err
	}
	defaults := h.store.DefaultLimits()
	return wire.List(quotas.Names(), "", func(name quotas.Name) limitView {
		v := limitView{Name: name, Own: limits[name] != defaults[name]}
		if limit := limits[name]; limit > 0 {
			v.Limit = &limit
		}
		if u, counted := used[name]; counted {
			v.Used, v.Site, v.Until = &u.Count, u.SiteID, u.Until
		}
		return v
	}), nil
}

func (h *Handler) changeLimits(ctx context.Context, in *struct {
	OfAccount
	Body limitChanges
}) (*wire.Listing[limitView], error) {
	if err := in.Body.check(); err != nil {
		return nil, err
	}
	err := h.store.SetLimits(ctx, reqctx.Actor(ctx), in.Account, func(own quotas.Limits) error {
		for name, limit := range in.Body.Limits {
			if delete(own, quotas.Name(name)); limit != nil {
				own[quotas.Name(name)] = *limit
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return h.limitsOf(ctx, in.Account)
}

func (c limitChanges) check() error {
	var wrong []fault.Field
	for _, name := range slices.Sorted(maps.Keys(c.Limits)) {
		limit := c.Limits[name]
		switch {
		case !quotas.IsName(name):
			wrong = append(wrong, fault.Field{Path: "limits." + name, Expected: fault.Expect("no_such_field")})
		case limit != nil && !quotas.IsLimit(quotas.Name(name), *limit):
			wrong = append(wrong, fault.Field{Path: "limits." + name, Expected: fault.Expect("account_limit")})
		}
	}
	if len(wrong) > 0 {
		return fault.InvalidFields(wrong...)
	}
	return nil
}

// takeSend counts a send outside of deliveries. It returns fault.RateLimited if the account
// has used up the sends of the day.
func (h *Handler) takeSend(ctx context.Context) error {
	reserved, err := h.store.ReserveSends(ctx, reqctx.Account(ctx), true)
	if err != nil || reserved.Granted > 0 {
		return err
	}
	limited := fault.New(fault.RateLimited, "sends_of_day").Counting(reserved.Limit).With("Until", reserved.Ends.Format(time.RFC3339))
	return limited.After(reserved.Ends.Sub(h.clock.Now()))
}
