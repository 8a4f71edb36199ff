package web

import (
	"context"
	"strings"
	"time"

	"ringback/internal/instant"
	"ringback/models"
	"ringback/web/internal/reqctx"
)

// OfNumber are the parameters of everything about one tracking number.
type OfNumber struct {
	InSite
	ID string `path:"id" doc:"The number's id." example:"num_01jdq00000000000000000000"`
}

// NumberSettings are what an owner sets. What is left out keeps its value, or
// gets its default in a new number.
type NumberSettings struct {
	Name     *string                 `json:"name,omitempty" maxLength:"200" doc:"For people: where it is printed, which campaign it stands for." example:"Brochure"`
	Pool     *string                 `json:"pool,omitempty" maxLength:"64" doc:"The id of the pool that hands it out; empty, the default: a number of its own. It moves only while no session holds it."`
	Enabled  *bool                   `json:"enabled,omitempty" doc:"Off: it is shown to nobody any more; calls to it still count. Default true." example:"true"`
	Position *int                    `json:"position,omitempty" minimum:"0" maximum:"1000000" doc:"Of a number of its own: pools and numbers are tried in this order, lowest first. Default 0." example:"0"`
	Replaces []string                `json:"replaces,omitempty" maxItems:"20" maxLength:"64" doc:"Of a number of its own: the numbers on the pages in whose place it is shown. None: no page shows it, as with a number on a poster." example:"[\"+12025550100\"]"`
	ShownTo  optional[conditionBody] `json:"shown_to,omitzero" doc:"Of a number of its own: of the traffic of the visitor's session. Left out of a new number, or null: everybody."`
	Traffic  optional[trafficBody]   `json:"traffic,omitzero" doc:"Of a number of its own: what a call to it is attributed to. Null: nothing."`
	Tags     []string                `json:"tags,omitempty" maxItems:"50" maxLength:"100" doc:"Put on every call to it." example:"[\"brochure\"]"`
}

type newNumber struct {
	Number string `json:"number" maxLength:"64" doc:"Best as E.164; without a country code it is read as one of the site's region. Another number is another entry: it cannot be changed later." example:"+12025550143"`
	NumberSettings
}

type newPoolNumbers struct {
	Numbers []string `json:"numbers" minItems:"1" maxItems:"500" maxLength:"64" doc:"The numbers. All are added or none." example:"[\"+12025550141\", \"+12025550142\"]"`
}

// numberView is a tracking number as it is shown.
type numberView struct {
	ID        string         `json:"id" example:"num_01jdq00000000000000000000"`
	SiteID    string         `json:"site_id" example:"site_01jdq00000000000000000000"`
	Number    string         `json:"number" example:"+12025550143"`
	Name      string         `json:"name" example:"Brochure"`
	Pool      string         `json:"pool,omitempty" doc:"The pool that hands it out; missing: a number of its own."`
	Enabled   bool           `json:"enabled"`
	Position  int            `json:"position"`
	Replaces  []string       `json:"replaces"`
	ShownTo   *conditionBody `json:"shown_to,omitempty" doc:"Missing: everybody."`
	Traffic   *trafficBody   `json:"traffic,omitempty" doc:"What a call to it is attributed to."`
	Tags      []string       `json:"tags" example:"[\"brochure\"]"`
	HeldBy    string         `json:"held_by,omitempty" doc:"The session that has it now." example:"ses_01jdq00000000000000000000"`
	HeldUntil *time.Time     `json:"held_until,omitempty" doc:"Until when, if the visitor does nothing more."`
	CreatedAt time.Time      `json:"created_at"`
	UpdatedAt time.Time      `json:"updated_at"`
}

func (s *server) viewNumber(m models.TrackingNumber) numberView {
	v := numberView{
		ID: m.ID, SiteID: m.SiteID, Number: m.Number, Name: m.Name, Pool: m.PoolID, Enabled: m.Enabled,
		Position: m.Position, Replaces: views(m.Replaces, asItIs), ShownTo: viewCondition(m.ShownTo),
		Traffic: viewTraffic(m.Traffic), Tags: views(m.Tags, asItIs), CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
	if m.HeldUntil != nil && m.HeldUntil.After(instant.Now(s.clock)) {
		v.HeldBy, v.HeldUntil = m.HeldBy, m.HeldUntil
	}
	return v
}

// apply puts what is given into a number and checks the whole of it.
func (b NumberSettings) apply(to *models.TrackingNumber, known siteNumbers) error {
	var c checker
	set(&to.Name, b.Name)
	to.Name = strings.TrimSpace(to.Name)
	set(&to.PoolID, b.Pool)
	set(&to.Enabled, b.Enabled)
	set(&to.Position, b.Position)
	if b.Replaces != nil {
		to.Replaces = c.replaces(b.Replaces, known)
	}
	if b.ShownTo.given {
		to.ShownTo = c.shownTo(b.ShownTo.value)
	}
	if b.Traffic.given {
		to.Traffic = c.traffic("traffic", b.Traffic.value)
	}
	if b.Tags != nil {
		to.Tags = c.tags("tags", b.Tags)
	}
	c.ofItsOwn(*to)
	if to.PoolID != "" {
		c.ofPool("pool", to.Number, known)
	}
	return c.err()
}

// ofItsOwn refuses for a pool's number what only a number of its own can have:
// the pool says where and to whom it is shown, the session what a call is about.
func (c *checker) ofItsOwn(n models.TrackingNumber) {
	for i, replaced := range n.Replaces {
		if replaced == n.Number {
			c.add(at("replaces", i), "another number than this one itself")
		}
	}
	if n.PoolID == "" {
		return
	}
	const expected = "nothing, for a number of a pool: %s"
	if len(n.Replaces) > 0 {
		c.add("replaces", expected, "set it at the pool")
	}
	if n.ShownTo != nil {
		c.add("shown_to", expected, "set it at the pool")
	}
	if n.Traffic != nil {
		c.add("traffic", expected, "the session that holds it tells")
	}
}

func (s *server) createNumber(ctx context.Context, in *struct {
	InSite
	Body newNumber
}) (*answer[numberView], error) {
	known, err := s.numbersOf(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	var c checker
	number := models.TrackingNumber{SiteID: in.Site, Enabled: true, Number: c.trackingNumber("number", in.Body.Number, known)}
	if err := c.err(); err != nil {
		return nil, err
	}
	if err := in.Body.apply(&number, known); err != nil {
		return nil, err
	}
	if number.PoolID != "" {
		if err := s.poolNamed(ctx, in.Site, number.PoolID); err != nil {
			return nil, err
		}
	}
	if err := s.Store.CreateNumber(ctx, reqctx.Actor(ctx), &number); err != nil {
		return nil, err
	}
	s.siteChanged(known.site)
	return answerOf(s.viewNumber(number)), nil
}

func (s *server) createPoolNumbers(ctx context.Context, in *struct {
	OfPool
	Body newPoolNumbers
}) (*listing[numberView], error) {
	if _, err := s.Store.Pool(ctx, reqctx.Account(ctx), in.Site, in.ID); err != nil {
		return nil, err
	}
	known, err := s.numbersOf(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	var c checker
	numbers := make([]*models.TrackingNumber, 0, len(in.Body.Numbers))
	twice := map[string]bool{}
	for i, given := range in.Body.Numbers {
		number := c.trackingNumber(at("numbers", i), given, known)
		c.ofPool(at("numbers", i), number, known)
		if twice[number] {
			c.add(at("numbers", i), "each number once")
		}
		twice[number] = number != ""
		numbers = append(numbers, &models.TrackingNumber{SiteID: in.Site, PoolID: in.ID, Number: number, Enabled: true})
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	if err := s.Store.CreateNumbers(ctx, reqctx.Actor(ctx), in.Site, numbers); err != nil {
		return nil, err
	}
	s.siteChanged(known.site)
	return listOf(numbers, "", func(m *models.TrackingNumber) numberView { return s.viewNumber(*m) }), nil
}

func (s *server) listNumbers(ctx context.Context, in *struct {
	InSite
	Paging
}) (*listing[numberView], error) {
	numbers, next, err := s.Store.Numbers(ctx, reqctx.Account(ctx), in.Site, in.page())
	if err != nil {
		return nil, err
	}
	return listOf(numbers, next, s.viewNumber), nil
}

func (s *server) readNumber(ctx context.Context, in *OfNumber) (*answer[numberView], error) {
	number, err := s.Store.Number(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	return answerOf(s.viewNumber(number)), nil
}

func (s *server) changeNumber(ctx context.Context, in *struct {
	OfNumber
	Body NumberSettings
}) (*answer[numberView], error) {
	known, err := s.numbersOf(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	if in.Body.Pool != nil && *in.Body.Pool != "" {
		if err := s.poolNamed(ctx, in.Site, *in.Body.Pool); err != nil {
			return nil, err
		}
	}
	number, err := s.Store.UpdateNumber(ctx, reqctx.Actor(ctx), in.Site, in.ID, func(n *models.TrackingNumber) error {
		return in.Body.apply(n, known)
	})
	if err != nil {
		return nil, err
	}
	s.siteChanged(known.site)
	return answerOf(s.viewNumber(number)), nil
}

func (s *server) deleteNumber(ctx context.Context, in *OfNumber) (*nothing, error) {
	site, err := s.site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	if err := s.Store.DeleteNumber(ctx, reqctx.Actor(ctx), in.Site, in.ID); err != nil {
		return nil, err
	}
	s.siteChanged(site)
	return nil, nil
}
