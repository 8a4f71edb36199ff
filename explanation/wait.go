package explanation

import (
	"strings"

	"ringback/conversion"
	"ringback/internal/locale"
)

// Waits writes what a decision waits for in one line. The end of a call, for
// example, may be waited for for several reasons: it is written once.
func (w Writer) Waits(waits []conversion.Wait) string {
	var line strings.Builder
	var before conversion.Wait
	for i, wait := range waits {
		why := w.name("wait_reason", wait.Why)
		switch {
		case i == 0:
			line.WriteString(w.wait(wait, why))
		case wait.For == before.For:
			line.WriteString(w.text("wait.also", locale.Values{"Why": why}))
		default:
			line.WriteString(w.text("join.parts", nil) + w.wait(wait, why))
		}
		before = wait
	}
	return line.String()
}

// wait writes one wait. The decision itself and an attempt are nothing that
// happens outside, so the reason is enough.
func (w Writer) wait(wait conversion.Wait, why string) string {
	if wait.For == conversion.WaitForDecision || wait.For == conversion.WaitForAttempt {
		return why
	}
	return w.text("wait.line", locale.Values{"For": w.name("wait", wait.For), "Why": why})
}
