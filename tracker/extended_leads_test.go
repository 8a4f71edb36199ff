package tracker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/tracker"
)

// contactForm is a form whose lead is wanted.
const contactForm = `<!doctype html><form id=f data-ringback=contact><input name=phone value="+1 202 555 0123"><button id=b type=button>x</button></form><p id=none>`

func TestCaseF13_FormsThatPagesPassInOtherWays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lead   string
		form   string
		fields map[string]any
	}{
		"a selector":            {`"#f"`, "contact", map[string]any{"phone": "+1 202 555 0123"}},
		"jQuery's list":         {`{0: f, length: 1, jquery: "3"}`, "contact", map[string]any{"phone": "+1 202 555 0123"}},
		"form data":             {`new FormData(f)`, "", map[string]any{"phone": "+1 202 555 0123"}},
		"a list of nodes":       {`document.querySelectorAll("form")`, "contact", map[string]any{"phone": "+1 202 555 0123"}},
		"all forms":             {`document.forms`, "contact", map[string]any{"phone": "+1 202 555 0123"}},
		"a button of it":        {`b`, "contact", map[string]any{"phone": "+1 202 555 0123"}},
		"an event":              {`(() => { const e = new Event("submit"); f.dispatchEvent(e); return e })()`, "contact", map[string]any{"phone": "+1 202 555 0123"}},
		"what contains it":      {`document.body`, "contact", map[string]any{"phone": "+1 202 555 0123"}},
		"parameters":            {`new URLSearchParams("phone=1&a=x&a=y")`, "", map[string]any{"phone": "1", "a": "x, y"}},
		"values, as before":     {`{form: "Chat", phone: 1, fields: null}`, "Chat", map[string]any{"phone": "1"}},
		"form data with a file": {`(() => { const d = new FormData(); d.append("cv", new Blob(["x"])); d.append("phone", "2"); return d })()`, "", map[string]any{"phone": "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, tab := newSite(t, func(c *tracker.Config) { c.Forms = tracker.FormsNone }), newVisitor(t)
			s.page("/", contactForm+extendedTag)
			tab.open(s.at("/"))
			s.next("views")
			tab.run(`ringback("lead", ` + c.lead + `)`)
			lead := s.next("leads")
			require.Equal(t, c.form, lead.Body["form"])
			require.Equal(t, c.fields, lead.fields())
		})
	}
}

func TestCaseF13_WhatIsNoFormIsWarnedOf(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/", contactForm+extendedTag)
	tab.open(s.at("/"))
	s.next("views")
	tab.run(`window.warnings = []; console.warn = (...args) => warnings.push(args[0]);
		for (const no of ["#missing", "no selector!", document.querySelector("#none"), undefined, 5]) ringback("lead", no)`)
	require.Len(t, eval[[]string](tab, `warnings`), 5)
	s.quiet()
}

func TestCaseF15_ListsOfValues(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/", contactForm+extendedTag)
	tab.open(s.at("/"))
	s.next("views")
	tab.run(`ringback("lead", {email: "visitor@example.com", tags: "chat", interests: ["m", "n"], fields: {b: ["x", "y"],
		address: {city: "Town", lines: ["1", 2]}, set: new Set(["p", "q"]), when: new Date(0), deep: [{a: 1}], none: null,
		digits: ["5555 5555 5555 4444", "z"], payment: {card_number: "1"}}})`)
	lead := s.next("leads")
	require.Equal(t, []any{"chat"}, lead.Body["tags"])
	require.Equal(t, map[string]any{
		"email": "visitor@example.com", "interests": "m, n", "b": "x, y", "address.city": "Town", "address.lines": "1, 2", "set": "p, q", "when": "1970-01-01T00:00:00.000Z", "digits": "****, z",
	}, lead.fields())
}

func TestCaseF06_FormsThatCodeSubmits(t *testing.T) {
	t.Parallel()
	// Like jQuery: its trigger calls handlers, and then the form's method.
	const jQuery = `<script>window.handled = 0; window.jQuery = {event: {trigger(event, data, form) { handled++; return this === jQuery.event }}}</script>`
	for name, submit := range map[string]string{
		"the form's method":   `f.submit()`,
		"the prototype's":     `HTMLFormElement.prototype.submit.call(f)`,
		"jQuery's trigger":    `if (!jQuery.event.trigger("submit", null, f) || handled !== 1) throw 1`,
		"jQuery's event":      `jQuery.event.trigger({type: "submit"}, null, f)`,
		"both, as jQuery can": `jQuery.event.trigger("submit", null, f); f.submit()`,
		"after its own event": `f.addEventListener("submit", e => { e.preventDefault(); f.submit() }); f.requestSubmit()`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, tab := newSite(t, nil), newVisitor(t)
			s.page("/", contactForm+jQuery+extendedTag)
			tab.open(s.at("/"))
			s.next("views")
			tab.wait(`document.readyState === "complete"`)
			tab.run(`f.action = "/favicon.ico"; ` + submit)
			require.Equal(t, map[string]any{"phone": "+1 202 555 0123"}, s.next("leads").fields())
			tab.run(`jQuery.event.trigger("click", null, f)`)
			tab.wait(emptyQueue)
			s.quiet()
		})
	}
}
