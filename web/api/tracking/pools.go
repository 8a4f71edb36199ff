package tracking

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"ringback/internal/fault"
	"ringback/internal/instant"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/tracking"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

type poolStore interface {
	CreatePool(ctx context.Context, actor audit.Actor, pool *tracking.Pool) error
	Pool(ctx context.Context, accountID, siteID, id string) (tracking.Pool, error)
	Pools(ctx context.Context, accountID, siteID string, page models.Page) ([]tracking.Pool, string, error)
	UpdatePool(ctx context.Context, actor audit.Actor, siteID, id string, change func(*tracking.Pool) error) (tracking.Pool, error)
	DeletePool(ctx context.Context, actor audit.Actor, siteID, id string) error
	PoolUse(ctx context.Context, accountID, siteID string, at time.Time) (map[string]tracking.PoolUse, error)
}

func (h *Handler) poolRoutes(g openapi.Group) {
	add(g, openapi.Operation{
		ID: "create-pool", Route: "POST /sites/{site}/pools", Access: auth.Editor, Summary: "Create a pool of numbers", Status: http.StatusCreated,
		Description: "Each session gets a number of the pool to itself for as long as it lasts, so that a call shows which session it belongs to. A new pool is empty.",
	}, h.createPool)
	add(g, openapi.Operation{ID: "list-pools", Route: "GET /sites/{site}/pools", Access: auth.Viewer, Summary: "List the pools of numbers"}, h.listPools)
	add(g, openapi.Operation{ID: "read-pool", Route: "GET /sites/{site}/pools/{id}", Access: auth.Viewer, Summary: "Read a pool of numbers"}, h.readPool)
	add(g, openapi.Operation{
		ID: "change-pool", Route: "PATCH /sites/{site}/pools/{id}", Access: auth.Editor, Summary: "Change a pool of numbers",
		Description: "Fields that are left out keep their values. The fields replaces and shown_to are replaced as a whole.",
	}, h.changePool)
	add(g, openapi.Operation{
		ID: "delete-pool", Route: "DELETE /sites/{site}/pools/{id}", Access: auth.Editor, Summary: "Delete a pool of numbers",
		Description: "Only a pool without numbers can be deleted.", Failures: []int{http.StatusConflict},
	}, h.deletePool)
	add(g, openapi.Operation{
		ID: "add-pool-numbers", Route: "POST /sites/{site}/pools/{id}/numbers", Access: auth.Editor, Summary: "Add numbers to a pool", Status: http.StatusCreated,
		Description: "Either all of the numbers are added or none. A site can have each number once.", Failures: []int{http.StatusConflict},
	}, h.createPoolNumbers)
}

// defaultHoldMinutes is how long a number stays with its session after the last
// activity where the owner says nothing: somebody who reads it off the page calls
// within that time.
const defaultHoldMinutes = 30

// OfPool are the parameters of everything about one pool.
type OfPool struct {
	sites.InSite
	ID string `path:"id" doc:"The pool's id." example:"pool_01jdq00000000000000000000"`
}

// PoolSettings are what an owner sets. What is left out keeps its value, or gets
// its default in a new pool.
type PoolSettings struct {
	Enabled       *bool                             `json:"enabled,omitempty" doc:"If false, its numbers are no longer shown to anybody; calls to them still count. Default true." example:"true"`
	Position      *int                              `json:"position,omitempty" minimum:"0" maximum:"1000000" doc:"Pools and numbers outside pools are tried in this order, lowest first. A visitor sees the first one whose condition fits. Default 0." example:"0"`
	Replaces      []string                          `json:"replaces,omitempty" maxItems:"20" maxLength:"64" doc:"The numbers on the pages in whose place the pool's are shown." example:"[\"+12025550100\"]"`
	ShownTo       wire.Optional[wire.ConditionBody] `json:"shown_to,omitzero" doc:"Condition on the traffic of the visitor's session. If it is null, or left out of a new pool, everybody sees numbers of the pool."`
	DefaultNumber *string                           `json:"default_number,omitempty" maxLength:"64" doc:"The number that is shown when no number of the pool is free. If it is empty, the page's own number stays." example:"+12025550140"`
	HoldMinutes   *int                              `json:"hold_minutes,omitempty" minimum:"1" maximum:"10080" doc:"For how many minutes after the last activity a number stays with its session. A longer time needs more numbers; a shorter one makes it less certain which session a call belongs to. Default 30." example:"30"`
}

type newPool struct {
	Name string `json:"name" maxLength:"200" pattern:"\\S" patternDescription:"a name that is not blank" doc:"A name for your own use." example:"Web site"`
	PoolSettings
}

type poolChanges struct {
	Name *string `json:"name,omitempty" maxLength:"200" pattern:"\\S" patternDescription:"a name that is not blank" doc:"A name for your own use." example:"Web site"`
	PoolSettings
}

// poolView is a pool as it is shown, with how it fares.
type poolView struct {
	ID             string              `json:"id" example:"pool_01jdq00000000000000000000"`
	SiteID         string              `json:"site_id" example:"site_01jdq00000000000000000000"`
	Name           string              `json:"name" example:"Web site"`
	Enabled        bool                `json:"enabled"`
	Position       int                 `json:"position" example:"0"`
	Replaces       []string            `json:"replaces" example:"[\"+12025550100\"]"`
	ShownTo        *wire.ConditionBody `json:"shown_to,omitempty" doc:"Condition on the traffic of the visitor's session. Missing if everybody sees numbers of the pool."`
	DefaultNumber  string              `json:"default_number,omitempty" example:"+12025550140"`
	HoldMinutes    int                 `json:"hold_minutes" example:"30"`
	Numbers        int                 `json:"numbers" doc:"How many numbers the pool has." example:"8"`
	Held           int                 `json:"held" doc:"How many of them cannot be handed out now, because a session has them or a visitor withdrew consent in the last half hour." example:"3"`
	ExhaustedCount int64               `json:"exhausted_count" doc:"How often none was free for a session. When it grows, add numbers or shorten hold_minutes." example:"0"`
	ExhaustedAt    *time.Time          `json:"exhausted_at,omitempty" doc:"When that last happened."`
	CreatedAt      time.Time           `json:"created_at"`
	UpdatedAt      time.Time           `json:"updated_at"`
}

func viewPool(m tracking.Pool, use tracking.PoolUse) poolView {
	return poolView{
		ID: m.ID, SiteID: m.SiteID, Name: m.Name, Enabled: m.Enabled, Position: m.Position,
		Replaces: wire.Copy(m.Replaces), ShownTo: wire.ViewCondition(m.ShownTo), DefaultNumber: m.DefaultNumber,
		HoldMinutes: m.HoldMinutes, Numbers: use.Numbers, Held: use.Held, ExhaustedCount: m.ExhaustedCount, ExhaustedAt: m.ExhaustedAt,
		CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
}

// apply puts what is given into a pool and checks the whole of it.
func (b PoolSettings) apply(to *tracking.Pool, known siteNumbers) error {
	var c checker
	wire.Set(&to.Enabled, b.Enabled)
	wire.Set(&to.Position, b.Position)
	wire.Set(&to.HoldMinutes, b.HoldMinutes)
	if b.ShownTo.IsSet {
		to.ShownTo = c.shownTo(b.ShownTo.Value)
	}
	if b.Replaces != nil {
		to.Replaces = c.replaces(b.Replaces, known)
	}
	if b.DefaultNumber != nil {
		to.DefaultNumber = c.defaultNumber(*b.DefaultNumber, known)
	}
	if (b.Replaces != nil || b.DefaultNumber != nil) && slices.Contains(to.Replaces, to.DefaultNumber) {
		c.Add("default_number", fault.Expect("number_not_in_replaces"))
	}
	return c.Err()
}

func (h *Handler) createPool(ctx context.Context, in *struct {
	sites.InSite
	Body newPool
}) (*wire.Answer[poolView], error) {
	known, err := h.numbersOf(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	pool := tracking.Pool{SiteID: in.Site, Name: strings.TrimSpace(in.Body.Name), Enabled: true, HoldMinutes: defaultHoldMinutes}
	if err := in.Body.apply(&pool, known); err != nil {
		return nil, err
	}
	if err := h.store.CreatePool(ctx, reqctx.Actor(ctx), &pool); err != nil {
		return nil, err
	}
	h.siteChanged(known.site)
	return wire.Body(viewPool(pool, tracking.PoolUse{})), nil
}

func (h *Handler) listPools(ctx context.Context, in *struct {
	sites.InSite
	wire.Paging
}) (*wire.Listing[poolView], error) {
	pools, next, err := h.store.Pools(ctx, reqctx.Account(ctx), in.Site, in.Page())
	if err != nil {
		return nil, err
	}
	use, err := h.store.PoolUse(ctx, reqctx.Account(ctx), in.Site, instant.Now(h.clock))
	if err != nil {
		return nil, err
	}
	return wire.List(pools, next, func(m tracking.Pool) poolView { return viewPool(m, use[m.ID]) }), nil
}

func (h *Handler) readPool(ctx context.Context, in *OfPool) (*wire.Answer[poolView], error) {
	pool, err := h.store.Pool(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	return h.answerPool(ctx, pool)
}

func (h *Handler) changePool(ctx context.Context, in *struct {
	OfPool
	Body poolChanges
}) (*wire.Answer[poolView], error) {
	known, err := h.numbersOf(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	pool, err := h.store.UpdatePool(ctx, reqctx.Actor(ctx), in.Site, in.ID, func(pool *tracking.Pool) error {
		if in.Body.Name != nil {
			pool.Name = strings.TrimSpace(*in.Body.Name)
		}
		return in.Body.apply(pool, known)
	})
	if err != nil {
		return nil, err
	}
	h.siteChanged(known.site)
	return h.answerPool(ctx, pool)
}

func (h *Handler) answerPool(ctx context.Context, m tracking.Pool) (*wire.Answer[poolView], error) {
	use, err := h.store.PoolUse(ctx, reqctx.Account(ctx), m.SiteID, instant.Now(h.clock))
	if err != nil {
		return nil, err
	}
	return wire.Body(viewPool(m, use[m.ID])), nil
}

func (h *Handler) deletePool(ctx context.Context, in *OfPool) (*wire.NoBody, error) {
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	if err := h.store.DeletePool(ctx, reqctx.Actor(ctx), in.Site, in.ID); err != nil {
		return nil, err
	}
	h.siteChanged(site)
	return nil, nil
}

// poolNamed finds the pool that a number shall belong to.
func (h *Handler) poolNamed(ctx context.Context, siteID, id string) error {
	_, err := h.store.Pool(ctx, reqctx.Account(ctx), siteID, id)
	if fault.CodeOf(err) == fault.NotFound {
		return fault.InvalidFields(fault.Field{Path: "pool", Expected: fault.Expect("pool_of_site")})
	}
	return err
}
