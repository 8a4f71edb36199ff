package tracker_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/tracker"
)

// customFields defines fields that are custom elements, as libraries of components make
// them: a text without a type, one with it, one without a name, a box and a button.
const customFields = `<!doctype html><script>
	class Field extends HTMLElement {
		static formAssociated = true;
		constructor() { super(); this.attachInternals() }
		get value() { return "+1 202 555 0123" }
	}
	customElements.define("x-text", class extends Field { get name() { return this.getAttribute("name") } });
	customElements.define("x-plain", class extends Field {});
	customElements.define("x-typed", class extends Field { get name() { return "typed" } get type() { return "tel" } get autocomplete() { return "tel" } });
	customElements.define("x-box", class extends Field { get checked() { return this.hasAttribute("checked") } get value() { return "on" } });
	customElements.define("x-button", class extends Field { get type() { return "submit" } });
	customElements.define("x-password", class extends Field {});
	addEventListener("submit", e => e.preventDefault())</script>`

func TestCaseF04_FieldsThatAreCustomElements(t *testing.T) {
	const form = customFields + `<form data-ringback=c><x-text name=a></x-text><x-plain name=b label="Your phone"></x-plain><x-typed></x-typed>
		<x-box name=yes checked></x-box><x-box name=no></x-box><x-button name=send></x-button><x-password name=word></x-password>
		<x-text name=never_read></x-text><x-text name=off disabled></x-text><p data-ringback=ignore><x-text name=inside></x-text></p>
		<fieldset disabled><x-text name=off2></x-text></fieldset><output name=total>5</output><input name=last value=1></form>`
	withEachScript(t, func(t *testing.T, script string) {
		s, tab := newSite(t, func(c *tracker.Config) { c.NeverRead = []string{"never_read"} }), newVisitor(t)
		s.page("/", form+script)
		tab.open(s.at("/"))
		s.next("views")
		tab.run(`document.forms[0].requestSubmit()`)
		lead := s.next("leads")
		want := map[string]any{"typed": "+1 202 555 0123", "last": "1"}
		if script == extendedTag {
			want = map[string]any{"a": "+1 202 555 0123", "b": "+1 202 555 0123", "typed": "+1 202 555 0123", "yes": "on", "last": "1"}
			require.Contains(t, lead.Body["fields"], map[string]any{"name": "b", "type": "", "autocomplete": "", "label": "Your phone", "value": "+1 202 555 0123"})
		}
		require.Equal(t, want, lead.fields())
	})
}

func TestR3_WhatTheBrowserSendsOfAForm(t *testing.T) {
	forms := []struct {
		name, form string
		fields     map[string]any
	}{
		{"in a table", `<table><form data-ringback=c1><tr><td><input name=a value=1></td></tr><tr><td><input name=b value=2></td></tr></form></table>`,
			map[string]any{"a": "1", "b": "2"}},
		{"disabled fieldsets", `<form data-ringback=c2><fieldset disabled><input name=off value=2>
			<fieldset><input name=off value=3><select name=off><option>4</select></fieldset></fieldset><input name=b value=2></form>`,
			map[string]any{"b": "2"}},
		{"disabled options", `<form data-ringback=c3><input name=a value=1><select name=topic><option disabled selected>Choose</select>
			<select name=group><optgroup disabled><option selected>x</optgroup></select><select name=off disabled><option>1</select></form>`,
			map[string]any{"a": "1"}},
		{"fields elsewhere", `<form id=f data-ringback=c4></form><input form=f name=a value=1><div data-ringback=ignore><input form=f name=b value=2></div>`,
			map[string]any{"a": "1"}},
		{"in a dialog", `<dialog open><form method=dialog data-ringback=c5><input name=a value=1><button>ok</button></form></dialog>`, map[string]any{"a": "1"}},
		{"a disabled button", `<form data-ringback=c6><input name=a value=1><button disabled>ok</button></form>`, map[string]any{"a": "1"}},
		{"named like members", `<form data-ringback=c7><input name=nodeName value=1><input name=submit value=2><input name=elements value=3><input name=length value=4></form>`,
			map[string]any{"nodeName": "1", "submit": "2", "elements": "3", "length": "4"}},
		{"named referrer", `<form name=referrer data-ringback=c8><input name=a value=1></form>`, map[string]any{"a": "1"}},
		{"named cookie", `<form name=cookie data-ringback=c9><input name=a value=1></form>`, map[string]any{"a": "1"}},
	}
	withEachScript(t, func(t *testing.T, script string) {
		s, tab := newSite(t, nil), newVisitor(t)
		var page strings.Builder
		for _, f := range forms {
			page.WriteString(f.form)
		}
		s.page("/", `<!doctype html><script>addEventListener("submit", e => e.preventDefault())</script>`+page.String()+`<p id=n>202-555-0100</p>`+script)
		tab.open(s.at("/"))
		s.next("views")
		tab.wait(`document.querySelector("#n").textContent === "202-555-0143"`)
		for i, f := range forms {
			tab.run(fmt.Sprintf(`HTMLFormElement.prototype.requestSubmit.call(document.forms[%d])`, i))
			require.Equal(t, f.fields, s.next("leads").fields(), f.name)
		}
	})
}
