package conversion

// WaitFor is what a decision waits for.
type WaitFor string

// What a call's decision can wait for before the end of the call.
const (
	WaitForEnd     WaitFor = "end"     // the end of the call
	WaitForCaller  WaitFor = "caller"  // the caller's number
	WaitForVisitor WaitFor = "visitor" // a session, a visitor id or traffic
	WaitForVisit   WaitFor = "visit"   // a visit of the session or visitor that is already known

	WaitForVisitorID WaitFor = "visitor_id" // the visitor id that the destination needs
	WaitForNeed      WaitFor = "need"       // something else that the destination needs
)

// What is waited for after the end of a call, and around an attempt.
const (
	WaitForStart    WaitFor = "start"    // the start of a call that has ended
	WaitForSource   WaitFor = "source"   // what the source of a call reports after the end
	WaitForDecision WaitFor = "decision" // the decision itself
	WaitForAttempt  WaitFor = "attempt"  // the next attempt at a delivery
)

// WaitsFor returns everything that a decision can wait for.
func WaitsFor() []WaitFor {
	return []WaitFor{
		WaitForEnd, WaitForCaller, WaitForVisitor, WaitForVisit, WaitForVisitorID, WaitForNeed, WaitForStart,
		WaitForSource, WaitForDecision, WaitForAttempt,
	}
}

// WaitReason is why a decision waits.
type WaitReason string

// The reasons to wait. The settings of an integration are read when its decision
// is made, so one that is switched off or does not send calls waits as well.
const (
	WaitSwitchedOff    WaitReason = "switched_off"      // end: the integration is switched off now
	WaitKindOff        WaitReason = "kind_not_wanted"   // end: the integration does not send calls now
	WaitMetric         WaitReason = "metric_at_end"     // end: one of the metrics is known only then
	WaitTags           WaitReason = "tags_at_end"       // end: the tag filter looks at the tags of the end
	WaitUniqueness     WaitReason = "uniqueness"        // caller: uniqueness goes by the number
	WaitVisitorUnknown WaitReason = "visitor_not_known" // visitor: nothing is known of the visitor yet
	WaitTraffic        WaitReason = "traffic_filter"    // visit: the traffic filter looks at it
	WaitDestination    WaitReason = "destination_needs" // visitor_id, need: the destination cannot use the event without it
	WaitSettings       WaitReason = "settings_unusable" // end: the destination cannot use the integration's settings as they are now
	WaitOvertaken      WaitReason = "end_came_first"    // start: the end was reported before it
	WaitLateData       WaitReason = "late_data"         // source: it may still name the visitor
	WaitReady          WaitReason = "ready"             // decision: everything that it depends on is known, so it is about to be made
	WaitKnown          WaitReason = "known_in_call"     // decision: likewise while the call goes on, which may last until the call is closed
	WaitFirstAttempt   WaitReason = "first_attempt"     // attempt: none was made yet
	WaitDeferred       WaitReason = "deferred"          // attempt: the delivery is held back, for the reason in it
	WaitRetry          WaitReason = "retry"             // attempt: the one before failed
)

// WaitReasons returns every reason to wait.
func WaitReasons() []WaitReason {
	return []WaitReason{
		WaitSwitchedOff, WaitKindOff, WaitMetric, WaitTags, WaitUniqueness, WaitVisitorUnknown, WaitTraffic,
		WaitDestination, WaitSettings, WaitOvertaken, WaitLateData, WaitReady, WaitKnown, WaitFirstAttempt, WaitDeferred, WaitRetry,
	}
}

// Wait is one thing that a decision waits for, and why.
type Wait struct {
	For WaitFor    `json:"for"`
	Why WaitReason `json:"why"`
}
