package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"ringback/conversion"
)

// showDetails draws the progress for the Temporal UI (D2). It costs no event.
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
			s.IntegrationType, s.IntegrationID, shownState(s), why(s), attemptsOf(s), lastAnswer(s)))
	}
	return strings.Join(lines, "\n")
}

// headline returns the stage of a conversion in words, with its deadline.
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

// reasonWords are the reasons for which an integration was skipped. The full
// explanation is in the API only: it may hold tags and traffic, which do not belong
// in a history.
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

// waitForWords is what an integration waits for.
var waitForWords = map[conversion.WaitFor]string{
	conversion.WaitForEnd:       "the end of the call",
	conversion.WaitForCaller:    "the caller's number",
	conversion.WaitForVisitor:   "the visitor",
	conversion.WaitForVisit:     "the visit",
	conversion.WaitForVisitorID: "the visitor id it needs",
	conversion.WaitForNeed:      "something that the destination needs",
	conversion.WaitForStart:     "the start of the call",
	conversion.WaitForSource:    "late data of the source",
	conversion.WaitForDecision:  "its decision",
}

// waitReasonWords is why it is waited for, where that is not clear by itself.
var waitReasonWords = map[conversion.WaitReason]string{
	conversion.WaitSwitchedOff: "it is switched off now",
	conversion.WaitMetric:      "a metric is known only then",
	conversion.WaitTags:        "its tag filter is judged then",
	conversion.WaitUniqueness:  "uniqueness goes by it",
	conversion.WaitTraffic:     "its traffic filter goes by it",
	conversion.WaitSettings:    "its settings cannot be used now",
	conversion.WaitReady:       "it is about to be made",
	conversion.WaitKnown:       "it is made with the next event of the call at the latest, or when the call is closed",
}

// causeWords are the causes for which a delivery was given up.
var causeWords = map[GiveUpCause]string{
	CauseTimeRanOut: "its time for retries ran out",
	CauseCancelled:  "cancelled by an operator",
	CauseBroken:     "the dispatch broke; see the activity's failure",
}

// why returns the reason for the state of an integration, in words.
func why(s Standing) string {
	switch {
	case s.Reason != "":
		return known(reasonWords, s.Reason)
	case s.Cause != "" && s.State == StandingFailed:
		return known(causeWords, s.Cause)
	case shownState(s) == StandingSkipped: // not decided yet
		return "it does not take calls, as it is set up now"
	case s.State == StandingWaiting:
		return waitingWords(s)
	case s.State == StandingSending:
		return sendingWords(s)
	default:
		return ""
	}
}

// shownState returns the state as the API has it: an integration that does not take
// calls, as it is set up now, is skipped rather than waiting.
func shownState(s Standing) StandingState {
	if s.State == StandingWaiting && slices.ContainsFunc(s.Waits, func(w conversion.Wait) bool { return w.Why == conversion.WaitKindOff }) {
		return StandingSkipped
	}
	return s.State
}

// waitingWords returns what an integration waits for, and until when. Plans that were
// recorded by earlier versions do not hold it.
func waitingWords(s Standing) string {
	if len(s.Waits) == 0 {
		return "judged when the call has ended"
	}
	parts := make([]string, 0, len(s.Waits))
	for _, w := range s.Waits {
		text := known(waitForWords, w.For)
		if why, ok := waitReasonWords[w.Why]; ok {
			text += " (" + why + ")"
		}
		parts = append(parts, text)
	}
	text := "waits for " + strings.Join(parts, ", ")
	if s.Until != nil {
		text += "; until " + s.Until.UTC().Format(time.RFC3339)
	}
	return text
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
