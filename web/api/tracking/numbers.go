package tracking

import (
	"context"
	"net/http"
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
	"ringback/web/internal/validate"
	"ringback/web/internal/wire"
)

type numberStore interface {
	CreateNumber(ctx context.Context, actor audit.Actor, number *tracking.Number) error
	CreateNumbers(ctx context.Context, actor audit.Actor, siteID string, numbers []*tracking.Number) error
	Number(ctx context.Context, accountID, siteID, id string) (tracking.Number, error)
	Numbers(ctx context.Context, accountID, siteID string, page models.Page) ([]tracking.Number, string, error)
	UpdateNumber(ctx context.Context, actor audit.Actor, siteID, id string, change func(*tracking.Number) error) (tracking.Number, error)
	DeleteNumber(ctx context.Context, actor audit.Actor, siteID, id string) error
}

func (h *Handler) numberRoutes(a *openapi.API) {
	g := a.Group(openapi.Group{Name: "Phone numbers", Order: orderNumbers, Description: "The numbers that sites show to their visitors, and what calls to them are attributed to."})
	h.poolRoutes(g)
	add(g, openapi.Operation{
		ID: "create-number", Route: "POST /sites/{site}/numbers", Access: auth.Editor, Summary: "Create a number", Status: http.StatusCreated,
		Description: "A number without a pool stands for a source, a campaign or a place where it is printed: calls to it are attributed to its traffic and get its tags. A number of a pool is given to sessions.",
		Failures:    []int{http.StatusConflict},
	}, h.createNumber)
	add(g, openapi.Operation{
		ID: "list-numbers", Route: "GET /sites/{site}/numbers", Access: auth.Viewer, Summary: "List the numbers",
		Description: "All numbers of the site, including those of pools.",
	}, h.listNumbers)
	add(g, openapi.Operation{ID: "read-number", Route: "GET /sites/{site}/numbers/{id}", Access: auth.Viewer, Summary: "Read a number"}, h.readNumber)
	add(g, openapi.Operation{
		ID: "change-number", Route: "PATCH /sites/{site}/numbers/{id}", Access: auth.Editor, Summary: "Change a number",
		Description: "Fields that are left out keep their values. Lists, shown_to and traffic are replaced as a whole. Calls that were accepted before keep what they were attributed to.",
		Failures:    []int{http.StatusConflict},
	}, h.changeNumber)
	add(g, openapi.Operation{
		ID: "delete-number", Route: "DELETE /sites/{site}/numbers/{id}", Access: auth.Editor, Summary: "Delete a number",
		Description: "The number is no longer shown. Later calls to it are attributed as before, until it is created again.",
	}, h.deleteNumber)
	add(g, openapi.Operation{
		ID: "list-number-assignments", Route: "GET /sites/{site}/numbers/{id}/assignments", Access: auth.Viewer, Summary: "List the assignments of a number",
		Description: "The sessions that held the number, each with the time from and until which it did, newest first.",
	}, h.listAssignments)
}

// OfNumber are the parameters of everything about one tracking number.
type OfNumber struct {
	sites.InSite
	ID string `path:"id" doc:"The number's id." example:"num_01jdq00000000000000000000"`
}

// NumberSettings are what an owner sets. What is left out keeps its value, or
// gets its default in a new number.
type NumberSettings struct {
	Name     *string                           `json:"name,omitempty" maxLength:"200" doc:"A name for your own use, such as where it is printed or which campaign it stands for." example:"Brochure"`
	Pool     *string                           `json:"pool,omitempty" maxLength:"64" doc:"The id of the pool that hands it out. If it is empty, the default, the number is outside pools. It can be moved only while no session holds it."`
	Enabled  *bool                             `json:"enabled,omitempty" doc:"If false, it is no longer shown to anybody; calls to it still count. Default true." example:"true"`
	Position *int                              `json:"position,omitempty" minimum:"0" maximum:"1000000" doc:"Pools and numbers outside pools are tried in this order, lowest first. Default 0." example:"0"`
	Replaces []string                          `json:"replaces,omitempty" maxItems:"20" maxLength:"64" doc:"The numbers on the pages in whose place it is shown. If there are none, no page shows it, as with a number on a poster. Only for a number outside pools." example:"[\"+12025550100\"]"`
	ShownTo  wire.Optional[wire.ConditionBody] `json:"shown_to,omitzero" doc:"Condition on the traffic of the visitor's session. If it is null, or left out of a new number, everybody sees the number. Only for a number outside pools."`
	Traffic  wire.Optional[wire.TrafficBody]   `json:"traffic,omitzero" doc:"The traffic that a call to it is attributed to. If it is null, the call is attributed to no traffic of the number. Only for a number outside pools."`
	Tags     []string                          `json:"tags,omitempty" maxItems:"50" maxLength:"100" doc:"Tags that are put on every call to it." example:"[\"brochure\"]"`
}

type newNumber struct {
	Number string `json:"number" maxLength:"64" doc:"The phone number, preferably in E.164. Without a country code it is read as a number of the site's region. It cannot be changed later: add another number instead." example:"+12025550143"`
	NumberSettings
}

type newPoolNumbers struct {
	Numbers []string `json:"numbers" minItems:"1" maxItems:"500" maxLength:"64" doc:"The numbers. All are added or none." example:"[\"+12025550141\", \"+12025550142\"]"`
}

// numberView is a tracking number as it is shown.
type numberView struct {
	ID        string              `json:"id" example:"num_01jdq00000000000000000000"`
	SiteID    string              `json:"site_id" example:"site_01jdq00000000000000000000"`
	Number    string              `json:"number" example:"+12025550143"`
	Name      string              `json:"name" example:"Brochure"`
	Pool      string              `json:"pool,omitempty" doc:"The id of the pool that hands it out. Missing if the number is outside pools."`
	Enabled   bool                `json:"enabled"`
	Position  int                 `json:"position"`
	Replaces  []string            `json:"replaces"`
	ShownTo   *wire.ConditionBody `json:"shown_to,omitempty" doc:"Condition on the traffic of the visitor's session. Missing if everybody sees the number."`
	Traffic   *wire.TrafficBody   `json:"traffic,omitempty" doc:"What a call to it is attributed to."`
	Tags      []string            `json:"tags" example:"[\"brochure\"]"`
	HeldBy    string              `json:"held_by,omitempty" doc:"The session that has it now." example:"ses_01jdq00000000000000000000"`
	HeldUntil *time.Time          `json:"held_until,omitempty" doc:"Until when, if the visitor does nothing more."`
	CreatedAt time.Time           `json:"created_at"`
	UpdatedAt time.Time           `json:"updated_at"`
}

func (h *Handler) viewNumber(m tracking.Number) numberView {
	v := numberView{
		ID: m.ID, SiteID: m.SiteID, Number: m.Number, Name: m.Name, Pool: m.PoolID, Enabled: m.Enabled,
		Position: m.Position, Replaces: wire.Copy(m.Replaces), ShownTo: wire.ViewCondition(m.ShownTo),
		Traffic: wire.ViewTraffic(m.Traffic), Tags: wire.Copy(m.Tags), CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
	if m.HeldUntil != nil && m.HeldUntil.After(instant.Now(h.clock)) {
		v.HeldBy, v.HeldUntil = m.HeldBy, m.HeldUntil
	}
	return v
}

// apply puts what is given into a number and checks the whole of it.
func (b NumberSettings) apply(to *tracking.Number, known siteNumbers) error {
	var c checker
	wire.Set(&to.Name, b.Name)
	to.Name = strings.TrimSpace(to.Name)
	wire.Set(&to.PoolID, b.Pool)
	wire.Set(&to.Enabled, b.Enabled)
	wire.Set(&to.Position, b.Position)
	if b.Replaces != nil {
		to.Replaces = c.replaces(b.Replaces, known)
	}
	if b.ShownTo.IsSet {
		to.ShownTo = c.shownTo(b.ShownTo.Value)
	}
	if b.Traffic.IsSet {
		to.Traffic = c.Traffic("traffic", b.Traffic.Value)
	}
	if b.Tags != nil {
		to.Tags = c.Tags("tags", b.Tags)
	}
	c.ofItsOwn(*to)
	if to.PoolID != "" {
		c.ofPool("pool", to.Number, known)
	}
	return c.Err()
}

// ofItsOwn refuses for a pool's number what only a number of its own can have:
// the pool says where and to whom it is shown, the session what a call is about.
func (c *checker) ofItsOwn(n tracking.Number) {
	for i, replaced := range n.Replaces {
		if replaced == n.Number {
			c.Add(validate.Item("replaces", i), fault.Expect("another_number"))
		}
	}
	if n.PoolID == "" {
		return
	}
	if len(n.Replaces) > 0 {
		c.Add("replaces", fault.Expect("set_at_pool"))
	}
	if n.ShownTo != nil {
		c.Add("shown_to", fault.Expect("set_at_pool"))
	}
	if n.Traffic != nil {
		c.Add("traffic", fault.Expect("traffic_of_session"))
	}
}

func (h *Handler) createNumber(ctx context.Context, in *struct {
	sites.InSite
	Body newNumber
}) (*wire.Answer[numberView], error) {
	known, err := h.numbersOf(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	var c checker
	number := tracking.Number{SiteID: in.Site, Enabled: true, Number: c.trackingNumber("number", in.Body.Number, known)}
	if err := c.Err(); err != nil {
		return nil, err
	}
	if err := in.Body.apply(&number, known); err != nil {
		return nil, err
	}
	if number.PoolID != "" {
		if err := h.poolNamed(ctx, in.Site, number.PoolID); err != nil {
			return nil, err
		}
	}
	if err := h.store.CreateNumber(ctx, reqctx.Actor(ctx), &number); err != nil {
		return nil, err
	}
	h.siteChanged(known.site)
	return wire.Body(h.viewNumber(number)), nil
}

func (h *Handler) createPoolNumbers(ctx context.Context, in *struct {
	OfPool
	Body newPoolNumbers
}) (*wire.Listing[numberView], error) {
	if _, err := h.store.Pool(ctx, reqctx.Account(ctx), in.Site, in.ID); err != nil {
		return nil, err
	}
	known, err := h.numbersOf(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	var c checker
	numbers := make([]*tracking.Number, 0, len(in.Body.Numbers))
	twice := map[string]bool{}
	for i, given := range in.Body.Numbers {
		number := c.trackingNumber(validate.Item("numbers", i), given, known)
		c.ofPool(validate.Item("numbers", i), number, known)
		if twice[number] {
			c.Add(validate.Item("numbers", i), fault.Expect("number_once"))
		}
		twice[number] = number != ""
		numbers = append(numbers, &tracking.Number{SiteID: in.Site, PoolID: in.ID, Number: number, Enabled: true})
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	if err := h.store.CreateNumbers(ctx, reqctx.Actor(ctx), in.Site, numbers); err != nil {
		return nil, err
	}
	h.siteChanged(known.site)
	return wire.List(numbers, "", func(m *tracking.Number) numberView { return h.viewNumber(*m) }), nil
}

func (h *Handler) listNumbers(ctx context.Context, in *struct {
	sites.InSite
	wire.Paging
}) (*wire.Listing[numberView], error) {
	numbers, next, err := h.store.Numbers(ctx, reqctx.Account(ctx), in.Site, in.Page())
	if err != nil {
		return nil, err
	}
	return wire.List(numbers, next, h.viewNumber), nil
}

func (h *Handler) readNumber(ctx context.Context, in *OfNumber) (*wire.Answer[numberView], error) {
	number, err := h.store.Number(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	return wire.Body(h.viewNumber(number)), nil
}

func (h *Handler) changeNumber(ctx context.Context, in *struct {
	OfNumber
	Body NumberSettings
}) (*wire.Answer[numberView], error) {
	known, err := h.numbersOf(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	if in.Body.Pool != nil && *in.Body.Pool != "" {
		if err := h.poolNamed(ctx, in.Site, *in.Body.Pool); err != nil {
			return nil, err
		}
	}
	number, err := h.store.UpdateNumber(ctx, reqctx.Actor(ctx), in.Site, in.ID, func(n *tracking.Number) error {
		return in.Body.apply(n, known)
	})
	if err != nil {
		return nil, err
	}
	h.siteChanged(known.site)
	return wire.Body(h.viewNumber(number)), nil
}

func (h *Handler) deleteNumber(ctx context.Context, in *OfNumber) (*wire.NoBody, error) {
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	if err := h.store.DeleteNumber(ctx, reqctx.Actor(ctx), in.Site, in.ID); err != nil {
		return nil, err
	}
	h.siteChanged(site)
	return nil, nil
}
