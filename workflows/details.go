package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"ringback/conversion"
)

// showDetails draws the progress for the Temporal UI (requirement D2). It costs no event.
func showDetails(ctx workflow.Context, p *Progress) { workflow.SetCurrentDetails(ctx, details(p)) }

// details is the progress in Markdown: what is waited for, then a row for each integration.
func details(p *Progress) string {
	lines := []string{"**" + headline(p) + "**", ""}
	if p.CallStatus != "" {
		lines = append(lines, fmt.Sprintf("Call: %s. Events: %d.", p.CallStatus, p.Events), "")
	}
	if p.ConversionID != "" {
		lines = append(lines, fmt.Sprintf("Facts, checks and attempts: `/conversions/%s`", p.ConversionID), "")
	}
	if len(p.Integrations) > 0 {
		lines = append(lines, "| integration | state | why | attempts | last answer |", "| --- | --- | --- | --- | --- |")
	}
	for _, s := range p.Integrations {
		lines = append(lines, fmt.Sprintf("| %s %s | %s | %s | %s | %s |",
			s.IntegrationType, s.IntegrationID, s.State, why(s), attemptsOf(s), lastAnswer(s)))
	}
	return strings.Join(lines, "\n")
}

// headline says what is going on, and until when.
func headline(p *Progress) string {
	text := map[Stage]string{
		StagePlanning:        "Planning",
		StageWaitingForEnd:   "Waiting for the end of the call; closed as incomplete at",
		StageWaitingForStart: "The call has ended and its start is not known; waiting for it until",
		StageSettling:        "The call has ended; waiting for late data of its source until",
		StageDispatching:     "Decided; delivering",
		StageDone:            "Done",
	}[p.Stage]
	if p.Until != nil {
		text += " " + p.Until.UTC().Format(time.RFC3339)
	}
	if p.Cancelled {
		text += "; cancelled by an operator"
	}
	return text
}

// reasonWords says why an integration was skipped. The full explanation is in
// the API: it may hold tags and traffic, which do not belong into a history.
var reasonWords = map[conversion.Reason]string{
	conversion.ReasonSent:        "all checks passed",
	conversion.ReasonSwitchedOff: "the integration is switched off",
	conversion.ReasonKindOff:     "it does not take this kind of conversion",
	conversion.ReasonMetric:      "none of its metrics is met",
	conversion.ReasonTags:        "its tag filter is not met",
	conversion.ReasonTraffic:     "its traffic conditions are not met",
	conversion.ReasonNoVisitorID: "the visitor id it needs is not known",
	conversion.ReasonDestination: "the destination needs something that is not known",
	conversion.ReasonIncomplete:  "the call never ended",
	conversion.ReasonCancelled:   "cancelled by an operator before the call ended",
}

// causeWords says why a delivery was given up.
var causeWords = map[GiveUpCause]string{
	CauseTimeRanOut: "its time for retries ran out",
	CauseCancelled:  "cancelled by an operator",
	CauseBroken:     "the dispatch broke; see the activity's failure",
}

// why says in plain words why an integration stands where it stands.
func why(s Standing) string {
	switch {
	case s.Reason != "":
		return known(reasonWords, s.Reason)
	case s.Cause != "" && s.State == StandingFailed:
		return known(causeWords, s.Cause)
	case s.State == StandingWaiting:
		return "judged when the call has ended"
	case s.State == StandingSending:
		return sendingWords(s)
	default:
		return ""
	}
}

// sendingWords says until when a delivery is tried. What the server knows of its
// attempts is with the activity.
func sendingWords(s Standing) string {
	text := "attempts: see the pending activity"
	if s.GivesUpAt != nil {
		text += "; gives up at " + s.GivesUpAt.UTC().Format(time.RFC3339)
	}
	return text
}

// known returns the words for an enum, or the enum itself when there are none yet.
func known[E ~string](words map[E]string, e E) string {
	if text, ok := words[e]; ok {
		return text
	}
	return string(e)
}

func attemptsOf(s Standing) string {
	if s.Attempts == 0 {
		return ""
	}
	return fmt.Sprint(s.Attempts)
}

// lastAnswer returns the class of the last attempt, and its HTTP status if there was an answer.
func lastAnswer(s Standing) string {
	if s.Status == 0 {
		return s.Class
	}
	return fmt.Sprintf("%s (%d)", s.Class, s.Status)
}
