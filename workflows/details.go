package workflows

import (
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/workflow"

	"ringback/conversion"
	"ringback/explanation"
	"ringback/internal/locale"
)

// english writes the sentences, because English is the language of operators.
var english = explanation.In(locale.English)

// showDetails draws the progress for the Temporal UI (D2). It costs no event, and no
// command depends on the text, so histories replay whatever the sentences are.
// workflowcheck takes the formatting of texts for non-deterministic.
func showDetails(ctx workflow.Context, p *Progress) {
	workflow.SetCurrentDetails(ctx, details(p)) //workflowcheck:ignore
}

// details is the progress in Markdown: what is waited for, then a row for each integration.
func details(p *Progress) string {
	lines := []string{"**" + headline(p) + "**", ""}
	if p.SiteName != "" {
		lines = append(lines, fmt.Sprintf("Site: %s (%s).", p.SiteName, p.SiteID), "")
	}
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
		lines = append(lines, fmt.Sprintf("| %s | %s | %s | %s | %s |",
			integrationLabel(s.IntegrationType, s.IntegrationID, s.IntegrationName), shownState(s), why(s), attemptsOf(s), lastAnswer(s)))
	}
	return strings.Join(lines, "\n")
}

// integrationLabel returns what operators are shown of an integration. The name is empty in
// histories that were recorded by earlier versions.
func integrationLabel(integrationType, id, name string) string {
	if name == "" {
		return integrationType + " " + id
	}
	return name + " (" + integrationType + " " + id + ")"
}

// headline returns the stage of a conversion in words, with its deadline.
func headline(p *Progress) string {
	text := english.Stage(string(p.Stage), p.Until)
	if p.Cancelled {
		text += "; " + english.Progress("cancelled", nil)
	}
	return text
}

// why returns the reason for the state of an integration, in words.
func why(s Standing) string {
	switch {
	case s.Reason != "":
		return english.SkipReason(s.Reason)
	case s.Cause != "" && s.State == StandingFailed:
		return english.GiveUpCause(string(s.Cause))
	case shownState(s) == StandingSkipped: // not decided yet
		return english.NotTaken(conversion.KindCall)
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
		return english.Progress("judged_at_end", nil)
	}
	text := english.Waits(s.Waits)
	if s.Until != nil {
		text += "; " + english.Progress("wait_until", s.Until)
	}
	return text
}

// sendingWords returns until when a delivery is tried. The attempts that the server
// has counted are with the activity.
func sendingWords(s Standing) string {
	if s.GivesUpAt != nil {
		return english.Progress("attempts_until", s.GivesUpAt)
	}
	return english.Progress("attempts", nil)
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
