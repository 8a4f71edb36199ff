package web

import (
	"net/http"

	"ringback/web/internal/auth"
)

// routes adds every operation of the API, with the least role that may use it.
func (s *server) routes() {
	s.intakeRoutes()
	s.siteRoutes()
	s.scriptRoutes()
	s.numberRoutes()
	s.integrationRoutes()
	s.readingRoutes()
	s.accountRoutes()
}

const retried = "A 2xx means that it is stored. Anything else is safe to send again with the same id, best after Retry-After seconds where the answer says so."

func (s *server) intakeRoutes() {
	const group = "Intake"
	add(s, op{
		on: "POST /sites/{site}/calls/{external_id}/events", needs: auth.Intake, group: group,
		summary: "Report a call event", answers: http.StatusAccepted, bodyMax: eventLimit,
		text: "Says one thing that happened to a call. The first event of an id makes the call. Events may come twice, late or out of order: the outcome is the same. " + retried,
	}, s.postCallEvent)
	add(s, op{
		on: "POST /sites/{site}/leads", needs: auth.Intake, group: group,
		summary: "Report a lead", answers: http.StatusAccepted, bodyMax: leadLimit,
		text: "Reports a form lead. At least one of phone, email, session_id and visitor_ids must be known. " + retried,
	}, s.postLead)
}

func (s *server) siteRoutes() {
	const group = "Sites"
	add(s, op{on: "POST /sites", needs: auth.Editor, group: group, summary: "Create a site", answers: http.StatusCreated}, s.createSite)
	add(s, op{on: "GET /sites", needs: auth.Viewer, group: group, summary: "List the sites"}, s.listSites)
	add(s, op{on: "GET /sites/{site}", needs: auth.Viewer, group: group, summary: "Read a site"}, s.readSite)
	add(s, op{
		on: "PATCH /sites/{site}", needs: auth.Editor, group: group, summary: "Change a site",
		text: "Only what is given changes. Conversions that are not decided yet are judged by the new settings; decisions that were made stay.",
	}, s.changeSite)
	add(s, op{
		on: "DELETE /sites/{site}", needs: auth.Admin, group: group, summary: "Delete a site",
		text: "Nothing is accepted for it any more, and it is not shown. Deliveries that were decided on still go out.",
	}, s.deleteSite)
	add(s, op{on: "GET /sources", needs: auth.Viewer, group: group, summary: "List the kinds of sources", text: "The providers whose webhooks can be received, with their options and credentials."}, s.listSourceTypes)
	add(s, op{on: "GET /sites/{site}/sources", needs: auth.Viewer, group: group, summary: "List the sources of a site"}, s.listSources)
	add(s, op{on: "GET /sites/{site}/sources/{source}", needs: auth.Viewer, group: group, summary: "Read a source of a site"}, s.readSource)
	add(s, op{
		on: "PUT /sites/{site}/sources/{source}", needs: auth.Editor, group: group, summary: "Set up a source of a site",
		text: "Makes the source known to the site, or changes what is given. The answer has the webhook_url to enter at the provider.",
	}, s.putSource)
}

func (s *server) scriptRoutes() {
	const group = "Script and visits"
	add(s, op{on: "GET /visitor-id-presets", needs: auth.Viewer, group: group, summary: "List the known visitor ids", text: "The third parties whose ids of a visitor the script finds when only the system is named."}, s.listVisitorIDPresets)
	add(s, op{on: "GET /sites/{site}/script", needs: auth.Viewer, group: group, summary: "Read the script of a site", text: "The tag to paste into the site's pages, and what the script does there."}, s.readScript)
	add(s, op{
		on: "PATCH /sites/{site}/script", needs: auth.Editor, group: group, summary: "Change the script of a site",
		text: "Only what is given changes; lists are replaced as a whole. Pages see it once browsers ask for the script again: within five minutes.",
	}, s.changeScript)
	add(s, op{
		on: "POST /sites/{site}/check", needs: auth.Editor, group: group, summary: "Check a page of a site",
		text: "Fetches one page, as it is before any script runs, and says what stands in the way of the site's script, forms and numbers. Only pages of the site: of its domains, of what is below them, and of the script's origins.",
	}, s.checkPage)
	add(s, op{on: "GET /sites/{site}/sessions", needs: auth.Viewer, group: group, summary: "List the sessions", text: "Visits that the script reported, newest first."}, s.listSessions)
	add(s, op{on: "GET /sites/{site}/sessions/{id}/views", needs: auth.Viewer, group: group, summary: "List the page views of a session"}, s.listSessionViews)
}

func (s *server) numberRoutes() {
	const group = "Phone numbers"
	add(s, op{
		on: "POST /sites/{site}/pools", needs: auth.Editor, group: group, summary: "Create a pool of numbers", answers: http.StatusCreated,
		text: "A pool hands each session a number of its own for as long as the session lives, so that a call tells whose it is. It is empty at first.",
	}, s.createPool)
	add(s, op{on: "GET /sites/{site}/pools", needs: auth.Viewer, group: group, summary: "List the pools of numbers"}, s.listPools)
	add(s, op{on: "GET /sites/{site}/pools/{id}", needs: auth.Viewer, group: group, summary: "Read a pool of numbers"}, s.readPool)
	add(s, op{on: "PATCH /sites/{site}/pools/{id}", needs: auth.Editor, group: group, summary: "Change a pool of numbers", text: "Only what is given changes; replaces and shown_to are replaced as a whole."}, s.changePool)
	add(s, op{on: "DELETE /sites/{site}/pools/{id}", needs: auth.Editor, group: group, summary: "Delete a pool of numbers", text: "Only one that has no numbers.", failures: []int{http.StatusConflict}}, s.deletePool)
	add(s, op{
		on: "POST /sites/{site}/pools/{id}/numbers", needs: auth.Editor, group: group, summary: "Add numbers to a pool", answers: http.StatusCreated,
		text: "All of them or none. A number is on a site once.", failures: []int{http.StatusConflict},
	}, s.createPoolNumbers)
	add(s, op{
		on: "POST /sites/{site}/numbers", needs: auth.Editor, group: group, summary: "Create a number", answers: http.StatusCreated,
		text: "A number of its own stands for a source, a campaign or a place where it is printed: calls to it are attributed to its traffic and get its tags. With a pool it is handed out to sessions.", failures: []int{http.StatusConflict},
	}, s.createNumber)
	add(s, op{on: "GET /sites/{site}/numbers", needs: auth.Viewer, group: group, summary: "List the numbers", text: "Those of pools included."}, s.listNumbers)
	add(s, op{on: "GET /sites/{site}/numbers/{id}", needs: auth.Viewer, group: group, summary: "Read a number"}, s.readNumber)
	add(s, op{
		on: "PATCH /sites/{site}/numbers/{id}", needs: auth.Editor, group: group, summary: "Change a number",
		text: "Only what is given changes; lists, shown_to and traffic are replaced as a whole. Calls that were accepted before keep what they were attributed to.", failures: []int{http.StatusConflict},
	}, s.changeNumber)
	add(s, op{on: "DELETE /sites/{site}/numbers/{id}", needs: auth.Editor, group: group, summary: "Delete a number", text: "It is shown no more. Calls to it that still come are understood as before, until it is created again."}, s.deleteNumber)
	add(s, op{on: "GET /sites/{site}/numbers/{id}/assignments", needs: auth.Viewer, group: group, summary: "List who had a number", text: "Which sessions had it from when until when, newest first."}, s.listAssignments)
}

func (s *server) integrationRoutes() {
	const group = "Integrations"
	add(s, op{on: "GET /destinations", needs: auth.Viewer, group: group, summary: "List the kinds of destinations", text: "The types of integrations, with their options and credentials."}, s.listDestinationTypes)
	add(s, op{
		on: "POST /sites/{site}/integrations", needs: auth.Editor, group: group, summary: "Create an integration", answers: http.StatusCreated,
		text: "Sends the site's calls and leads to one destination. It is refused without the credentials that its type requires. For each kind: the metrics are alternatives, and one of them, the tag filter and the traffic filter must all hold.",
	}, s.createIntegration)
	add(s, op{on: "GET /sites/{site}/integrations", needs: auth.Viewer, group: group, summary: "List the integrations"}, s.listIntegrations)
	add(s, op{on: "GET /sites/{site}/integrations/{id}", needs: auth.Viewer, group: group, summary: "Read an integration"}, s.readIntegration)
	add(s, op{
		on: "PATCH /sites/{site}/integrations/{id}", needs: auth.Editor, group: group, summary: "Change an integration",
		text: "Only what is given changes; calls and leads are replaced as a whole. Settings are read when a decision is made. Who gives the destination's address another scheme or host gives the credentials that are sent there again in the same request.", failures: []int{http.StatusConflict},
	}, s.changeIntegration)
	add(s, op{on: "DELETE /sites/{site}/integrations/{id}", needs: auth.Editor, group: group, summary: "Delete an integration"}, s.deleteIntegration)
	add(s, op{on: "GET /sites/{site}/integrations/{id}/versions", needs: auth.Viewer, group: group, summary: "List the versions of an integration", text: "How it was set up at each version; decisions name the version they were made by."}, s.listVersions)
	add(s, op{
		on: "POST /sites/{site}/integrations/{id}/test", needs: auth.Editor, group: group, summary: "Send a test event",
		text:     "Sends one event marked as a test, once and right now, and answers what the destination answered. The answer is 200 whatever that was: class says how it went. It is no conversion: only the audit trail tells of it.",
		failures: []int{http.StatusConflict},
	}, s.testIntegration)
}

func (s *server) readingRoutes() {
	const group = "Conversions and deliveries"
	add(s, op{on: "GET /sites/{site}/conversions", needs: auth.Viewer, group: group, summary: "List the conversions", text: "Calls and leads, newest first."}, s.listConversions)
	add(s, op{
		on: "GET /conversions/{id}", needs: auth.Viewer, group: group, summary: "Read a conversion",
		text: "Everything that is known of a call or lead: events, tags, decisions with every check, deliveries with every attempt, and where each integration stands.",
	}, s.readConversion)
	add(s, op{on: "GET /sites/{site}/deliveries", needs: auth.Viewer, group: group, summary: "List the deliveries"}, s.listDeliveries)
	add(s, op{on: "GET /deliveries/{id}", needs: auth.Viewer, group: group, summary: "Read a delivery", text: "With each attempt: what was sent, without secrets, and what was answered."}, s.readDelivery)
	add(s, op{
		on: "POST /deliveries/{id}/resend", needs: auth.Editor, group: group, summary: "Resend a delivery", answers: http.StatusAccepted,
		text: "Sends the same event again as a new delivery. Only a delivery that has ended can be resent.", failures: []int{http.StatusConflict},
	}, s.resendDelivery)
	add(s, op{
		on: "POST /sites/{site}/deliveries/resend", needs: auth.Editor, group: group, summary: "Resend many deliveries",
		text:     "First without expected_count: it answers how many deliveries the filter picks. Then with that number as expected_count: it resends them, at most 10000, or answers 409 when the number is another by now.",
		failures: []int{http.StatusConflict},
	}, s.resendMany)
}

func (s *server) accountRoutes() {
	const group = "Account"
	add(s, op{
		on: "POST /tokens", needs: auth.Admin, group: group, summary: "Create a token", answers: http.StatusCreated,
		text: "The answer holds the token itself, this once. The operator makes tokens of another account with the header Ringback-Account.",
	}, s.createToken)
	add(s, op{on: "GET /tokens", needs: auth.Admin, group: group, summary: "List the tokens"}, s.listTokens)
	add(s, op{on: "DELETE /tokens/{token}", needs: auth.Admin, group: group, summary: "Revoke a token", text: "It stops working within ten seconds."}, s.revokeToken)
	add(s, op{on: "GET /audit", needs: auth.Admin, group: group, summary: "List the changes of settings", text: "Who changed, resent or tested what and when. Credentials are named, never shown."}, s.listAudit)
	add(s, op{
		on: "POST /accounts", needs: auth.Operator, group: group, summary: "Create an account", answers: http.StatusCreated,
		text: "For the operator, the bearer of RINGBACK_ADMIN_TOKEN, who acts for another account with the header Ringback-Account: acc_...",
	}, s.createAccount)
	add(s, op{on: "GET /accounts", needs: auth.Operator, group: group, summary: "List the accounts"}, s.listAccounts)
}
