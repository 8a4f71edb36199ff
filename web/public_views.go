package web

import (
	"net/http"
	"slices"

	"ringback/models"
	"ringback/visits"
)

// viewBody is a page view as the script reports it.
type viewBody struct {
	pageBody
	Kind visits.Kind `json:"kind"`
}

// viewAnswer is all that the script learns: the session, and the numbers to
// show. By international digits of the number on the page: the international
// digits of the one to show, and how it is written within its country and for everybody.
type viewAnswer struct {
	Session string              `json:"session"`
	Numbers map[string][]string `json:"numbers"`
}

// What a page view was, as it is counted.
const (
	viewOfBot     = "bot"
	viewDuplicate = "duplicate"
	viewNew       = "new_session"
	viewContinued = "continued"
	viewForgotten = "forgotten" // of a visitor who withdrew consent
)

// takeView stores a page view before it answers (guarantee 1); the same id is
// the same view (guarantee 2). Bots are answered like visitors, as far as they
// can tell, and leave no trace; so are visitors who withdrew consent.
func (s *server) takeView(p posted) error {
	var body viewBody
	if err := readScripts(p.body, &body); err != nil {
		return err
	}
	if body.isBot(p.from) {
		s.Metrics.PageView(viewOfBot)
		return p.JSON(http.StatusOK, viewAnswer{Numbers: map[string][]string{}})
	}
	if err := body.check(); err != nil {
		return err
	}
	activity := s.activity(p, body.pageBody, body.Kind)
	welcome, began := s.limits.newSessions.enter(p.plan.Site.ID, p.from.network, body.Visitor)
	activity.WantsNumbers, activity.MayTake = true, s.takes(p, activity, welcome)
	seen, err := s.Store.RecordActivity(p.ctx(), p.plan, activity)
	if err != nil {
		return err
	}
	if seen.New {
		began()
	}
	s.countView(p.plan.Site.ID, seen)
	return p.JSON(http.StatusOK, viewAnswer{Session: seen.SessionID, Numbers: written(seen.Numbers)})
}

func (b viewBody) check() error {
	switch {
	case visits.CleanURL(b.URL) == "":
		return badBody("url", "the address of a page")
	case !slices.Contains(visits.Kinds(), b.Kind) || b.Kind == visits.Form:
		return badBody("kind", "navigate, reload, back or in_page")
	}
	return nil
}

func (s *server) countView(siteID string, seen models.ActivityResult) {
	outcome := viewContinued
	switch {
	case seen.Forgotten:
		outcome = viewForgotten
	case seen.Duplicate:
		outcome = viewDuplicate
	case seen.New:
		outcome = viewNew
	}
	s.Metrics.PageView(outcome)
	for _, pool := range seen.Exhausted {
		s.Metrics.PoolExhausted(siteID, pool)
	}
}
