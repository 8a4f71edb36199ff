package collect

import (
	"net/http"
	"slices"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/visits"
)

// viewBody is a page view as the script reports it.
type viewBody struct {
	pageBody
	Kind visits.Kind `json:"kind"`
}

// viewAnswer is all that the script gets: the session, and the numbers to show. The
// keys are the international digits of the numbers on the page. The values are the
// international digits of the number to show, then how it is written in its own
// country, elsewhere, and elsewhere with the trunk prefix.
type viewAnswer struct {
	Session string              `json:"session"`
	Numbers map[string][]string `json:"numbers"`
}

// The outcomes of page views, as they are counted.
const (
	viewOfBot     = "bot"
	viewDuplicate = "duplicate"
	viewNew       = "new_session"
	viewContinued = "continued"
	viewForgotten = "forgotten" // of a visitor who withdrew consent
)

// recordView stores a page view before it answers (G1). The same id is the same
// view (G2). Bots, and visitors who withdrew consent, get an answer like any
// other, and nothing is stored of them.
func (h *Handler) recordView(r scriptRequest) error {
	var body viewBody
	if err := readBody(r.body, &body); err != nil {
		return err
	}
	if body.isBot(r.from) {
		h.metrics.PageView(viewOfBot)
		return r.JSON(http.StatusOK, viewAnswer{Numbers: map[string][]string{}})
	}
	if err := body.check(); err != nil {
		return err
	}
	activity := h.activity(r, body.pageBody, body.Kind)
	mayAcquire, sessionStarted := h.limits.newSessions.admit(r.plan.Site.ID, r.from.network, body.Visitor)
	result, err := h.storeView(r, activity, mayAcquire)
	if err != nil {
		return err
	}
	if result.New {
		sessionStarted()
	}
	h.countView(r.plan.Site.ID, result)
	return r.JSON(http.StatusOK, viewAnswer{Session: result.SessionID, Numbers: displayed(result.Numbers)})
}

// storeView stores a page view, and counts the numbers that it is shown as held by the
// address that got them. It counts nothing if the view was not stored.
func (h *Handler) storeView(r scriptRequest, view models.Activity, mayAcquire bool) (result models.ActivityResult, err error) {
	reserved := reservedNumbers{releaseUnstored: func() {}}
	if mayAcquire {
		reserved = h.reserveNumbers(r, view)
	}
	defer func() { h.settleNumbers(r, reserved, result) }()
	view.WantsNumbers, view.LeasesFrom = true, reserved.pools()
	return h.store.RecordActivity(r.ctx(), r.plan, view)
}

func (b viewBody) check() error {
	switch {
	case visits.CleanURL(b.URL) == "":
		return badBody("url", fault.Expect("page_address"))
	case !slices.Contains(visits.Kinds(), b.Kind) || b.Kind == visits.Form:
		return badBody("kind", fault.Expect("navigation"))
	}
	return nil
}

func (h *Handler) countView(siteID string, result models.ActivityResult) {
	outcome := viewContinued
	switch {
	case result.Forgotten:
		outcome = viewForgotten
	case result.Duplicate:
		outcome = viewDuplicate
	case result.New:
		outcome = viewNew
	}
	h.metrics.PageView(outcome)
	if result.Withheld {
		h.metrics.NumbersWithheld()
	}
	for _, pool := range result.Exhausted {
		h.metrics.PoolExhausted(siteID, pool)
	}
}
