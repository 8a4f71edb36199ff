package touchpoints_test

import (
	"time"

	"ringback/conversion"
	"ringback/touchpoints"
)

const (
	browser = "08c1063cb0a64349ad0d2d862f5cc700"
	another = "7059e81415f34f7bbaf40fe32fdcba21"
)

// at returns a time of the day of the sample story, in UTC.
func at(hour, minute int, seconds ...int) time.Time {
	t := time.Date(2026, 5, 4, hour, minute, 0, 0, time.UTC)
	for _, s := range seconds {
		t = t.Add(time.Duration(s) * time.Second)
	}
	return t
}

func adClick() conversion.Traffic {
	return conversion.Traffic{Medium: "CPC", ClickIDs: map[string]string{"gclid": "sample"}, LandingPage: "https://shop.example.com/"}
}

// session returns a session of the browser, from when to when it was active.
func session(id string, from, to time.Time, traffic conversion.Traffic, forms ...touchpoints.Form) touchpoints.Session {
	return touchpoints.Session{ID: id, BizibleID: browser, StartedAt: from, LastActivityAt: to, Traffic: traffic, Forms: forms}
}

func form(id string, when time.Time) touchpoints.Form {
	return touchpoints.Form{ID: id, At: when, Person: "ann", URL: "https://shop.example.com/contact"}
}

// call returns the Task of a call from the browser.
func call(id string, when time.Time, kind string) touchpoints.Task {
	return touchpoints.Task{ID: id, BizibleID: browser, At: when, Type: kind, Person: "ann"}
}

// ann returns a person with these sessions and calls.
func ann(sessions []touchpoints.Session, tasks ...touchpoints.Task) touchpoints.Person {
	return touchpoints.Person{ID: "ann", Sessions: sessions, Tasks: tasks}
}

func touchesOf(p touchpoints.Person) []touchpoints.Touchpoint {
	touches, _ := touchpoints.Default().Touches(p)
	return touches
}

// codes returns the codes of the reasons of a touchpoint.
func codes(t touchpoints.Touchpoint) []touchpoints.ReasonCode {
	var all []touchpoints.ReasonCode
	for _, r := range t.Reasons {
		all = append(all, r.Code)
	}
	return all
}
