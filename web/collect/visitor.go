package collect

import (
	"net/http"

	"ringback/internal/instant"
)

// visitorBody is what the script posts about a visitor between page views.
type visitorBody struct {
	Visitor string            `json:"visitor"`
	IDs     map[string]string `json:"ids"`
}

func (b visitorBody) checkIDs() error { return checkVisitor(b.Visitor) }

// storeVisitorIDs stores visitor ids whose cookies appeared after the page view was
// posted. The answer is the same if the visitor is not known.
func (h *Handler) storeVisitorIDs(r scriptRequest) error {
	var body visitorBody
	if err := readBody(r.body, &body); err != nil {
		return err
	}
	if ids := visitorIDs(r.plan.Site, body.IDs); len(ids) > 0 {
		if err := h.store.StoreVisitorIDs(r.ctx(), r.plan.Site.ID, body.Visitor, ids, instant.Now(h.clock)); err != nil {
			return err
		}
	}
	return r.NoContent(http.StatusNoContent)
}

// forgetVisitor erases what is stored of a visitor who withdrew consent.
func (h *Handler) forgetVisitor(r scriptRequest) error {
	if err := h.limits.forgets.Take(r.from.networks); err != nil {
		return err
	}
	var body visitorBody
	if err := readBody(r.body, &body); err != nil {
		return err
	}
	if err := h.store.ForgetVisitor(r.ctx(), r.plan.Site.ID, body.Visitor); err != nil {
		return err
	}
	return r.NoContent(http.StatusNoContent)
}
