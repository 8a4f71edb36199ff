package web

import "net/http"

// visitorBody is what the script says of a visitor between page views.
type visitorBody struct {
	Visitor string            `json:"visitor"`
	IDs     map[string]string `json:"ids"`
}

func (b visitorBody) identified() error { return checkVisitor(b.Visitor) }

// takeIDs learns third parties' ids whose cookies appeared after the page was
// reported. The answer is the same for visitors that are not known.
func (s *server) takeIDs(p posted) error {
	var body visitorBody
	if err := readScripts(p.body, &body); err != nil {
		return err
	}
	if ids := visitorIDs(p.plan.Site, body.IDs); len(ids) > 0 {
		if err := s.Store.StoreVisitorIDs(p.ctx(), p.plan.Site.ID, body.Visitor, ids, s.now()); err != nil {
			return err
		}
	}
	return p.NoContent(http.StatusNoContent)
}

// forgetVisitor erases what is known of a visitor who withdrew consent.
func (s *server) forgetVisitor(p posted) error {
	var body visitorBody
	if err := readScripts(p.body, &body); err != nil {
		return err
	}
	if err := s.Store.ForgetVisitor(p.ctx(), p.plan.Site.ID, body.Visitor); err != nil {
		return err
	}
	return p.NoContent(http.StatusNoContent)
}
