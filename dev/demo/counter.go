package demo

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
)

// Call calls a number as a visitor of the shop would, and returns the link to what
// became of the call, when it is done.
func (p Player) Call(ctx context.Context, number string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	told, err := p.dial(ctx, "shop-"+strings.ToLower(rand.Text()[:8]), shopCaller, number)
	if err != nil {
		return "", err
	}
	c, err := p.awaitDone(ctx, told.conversionID)
	if err != nil {
		return "", err
	}
	return p.API.Page("/conversions/" + c.ID), nil
}

// LastLead returns the link to the shop's latest lead, or empty if there is none.
func (p Player) LastLead(ctx context.Context) (string, error) {
	var leads struct {
		Items []created `json:"items"`
	}
	query := url.Values{"kind": {"lead"}, "limit": {"1"}}
	err := p.API.do(ctx, http.MethodGet, p.Shop.path("/conversions?"+query.Encode()), nil, &leads)
	if err != nil || len(leads.Items) == 0 {
		return "", err
	}
	return p.API.Page("/conversions/" + leads.Items[0].ID), nil
}
