package tracker_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"ringback/tracker"
)

// form is a marked form with one field of each kind. It records whether the value
// of a secret field is read.
const form = `<!doctype html><form action="/thanks" data-ringback="contact">
	<label>Your phone <input name="your_phone" type="tel" value="+1 202 555 0123"></label>
	<input name="email" autocomplete="email" value="visitor@example.com">
	<input name="name" value="sample"><textarea name="message">two
lines</textarea>
	<select name="topic"><option>a<option selected>b</select>
	<select name="many" multiple><option selected>c<option>d<option selected>e</select>
	<input type="checkbox" name="terms" value="yes" checked><input type="checkbox" name="news" value="yes">
	<input type="hidden" name="campaign" data-ringback-field="promo" value="spring"><input name="empty">
	<input name="long_number" value="+49 1512 3456 789 01"><input name="order" value="4111 1111 1111 1112">
	<div id="secrets"><input type="password" name="pw" value="secret"><input type="file" name="cv"><input type="hidden" name="xsrf" value="secret">
	<input name="number" autocomplete="section-pay cc-number" value="secret"><input name="Card_Holder" value="secret">
	<input name="cvv" value="secret"><input id="iban" value="secret"><input name="code" autocomplete="one-time-code" value="secret">
	<input name="pin" value="secret"><input name="user_ssn" value="secret"><input name="taxId" value="secret"><input name="contraseña" value="secret">
	<input name="Never_Read" value="secret"><input name="off" disabled value="secret">
	<p data-ringback="ignore"><input name="inside" value="secret"></p></div>
	<input name="card_alone" data-ringback-field="alone" value="secret"><input name="alone" value="5555 5555 5555 4444">
	<input name="free" value="my card: 4111-1111 1111 1111"><button name="send" value="x">send</button></form>
	<script>for (const secret of document.querySelectorAll("#secrets input"))
		Object.defineProperty(secret, "value", {get() { window.touched = secret.outerHTML; return "secret" }})</script>` + tag

func TestR3_MarkedFormBecomesALead(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, func(c *tracker.Config) { c.NeverRead = []string{"never_read"} }), newVisitor(t)
	s.page("/", form+`<script>addEventListener("submit", e => { e.stopImmediatePropagation(); e.preventDefault() })</script>`)
	tab.open(s.at("/"))
	visitor := s.next("views").Body["visitor"]
	eval[any](tab, followAnswer)
	tab.do(chromedp.Click(chromedp.CSS("button")))
	lead := s.next("leads")
	require.Equal(t, map[string]any{
		"your_phone": "+1 202 555 0123", "email": "visitor@example.com", "name": "sample", "message": "two\nlines", "topic": "b",
		"many": "e", "terms": "yes", "promo": "spring", "long_number": "+49 1512 3456 789 01", "order": "4111 1111 1111 1112",
		"free": "my card: ****",
	}, lead.fields())
	require.Contains(t, lead.Body["fields"], map[string]any{
		"name": "your_phone", "type": "tel", "autocomplete": "", "label": "Your phone", "value": "+1 202 555 0123",
	})
	require.Subset(t, lead.Body, map[string]any{
		"form": "contact", "visitor": visitor, "url": s.at("/"), "referrer": "", "ids": map[string]any{}, "storage": "cookie", "version": tracker.Version,
	})
	require.Regexp(t, `^[\w-]{16,64}$`, lead.Body["id"])
	require.Empty(t, eval[string](tab, `window.touched || ""`), "values of secret fields are never read")

	tab.run(`document.querySelector("form").requestSubmit()`)
	tab.run(`document.querySelector("[name=name]").value = "another"; document.querySelector("form").requestSubmit()`)
	require.Equal(t, "another", s.next("leads").fields()["name"], "the same values are the same lead")
	tab.wait(emptyQueue)
	s.quiet()
}

func TestR3_PlainSubmitSurvivesThePage(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/", form)
	tab.arrive(s)
	tab.do(chromedp.Click(chromedp.CSS("button")))
	sent := []post{s.next("leads"), s.next("views")}
	require.Equal(t, "sample", sent[0].fields()["name"])
	require.Contains(t, sent[1].Body["url"], s.at("/thanks"))
}

func TestWhichFormsAreRead(t *testing.T) {
	t.Parallel()
	const page = `<!doctype html><form id=plain><input name=a value=1></form><form data-ringback><input name=b value=2></form>
		<form data-ringback=ignore><input name=c value=3></form>
		<form><input name=d value=6><input type=password></form><form><input name=e value=7><input name=Passwort></form><form name=n><input name=name value=4><input name=id value=5></form>
		<script>addEventListener("submit", e => e.preventDefault())</script>` + tag
	for _, c := range []struct {
		name  string
		forms tracker.Forms
		want  []string
	}{
		{"none", tracker.FormsNone, nil},
		{"marked", tracker.FormsMarked, []string{""}},
		{"all", tracker.FormsAll, []string{"plain", "", "n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, tab := newSite(t, func(config *tracker.Config) { config.Forms = c.forms }), newVisitor(t)
			s.page("/", page)
			tab.open(s.at("/"))
			s.next("views")
			tab.run(`for (const form of document.forms) form.requestSubmit()`)
			for _, name := range c.want {
				lead := s.next("leads")
				require.Equal(t, name, lead.Body["form"])
				if name == "" {
					require.Equal(t, false, lead.Body["auto"], "the owner marked it")
				} else {
					require.Equal(t, true, lead.Body["auto"])
				}
			}
			tab.run(`ringback("lead", document.forms[0])`)
			if c.forms == tracker.FormsAll {
				tab.run(`ringback("page")`)
				s.next("views")
			} else {
				lead := s.next("leads")
				require.Equal(t, map[string]any{"a": "1"}, lead.fields(), "a form that the page passes is always a lead")
				require.NotContains(t, lead.Body, "auto")
			}
			s.quiet()
		})
	}
}

func TestLeadByCommandBeforeTheScriptHasLoaded(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/", `<!doctype html><script>window.ringback=window.ringback||function(){(ringback.q=ringback.q||[]).push(arguments)}
		ringback("lead", {phone: 12025550123, email: "visitor@example.com", form: "chat", tags: ["sales"],
			fields: {topic: "price", password: "secret", note: "5555 5555 5555 4444", rooms: 2}})
		ringback("get", known => window.known = known)</script>`+tag)
	tab.open(s.at("/"))
	s.next("views")
	lead := s.next("leads")
	require.Subset(t, lead.Body, map[string]any{"form": "chat", "tags": []any{"sales"}})
	require.Equal(t, map[string]any{"phone": "12025550123", "email": "visitor@example.com", "topic": "price", "rooms": "2"}, lead.fields())
	tab.wait(`window.known && known.session_id === "ses_1"`)
	tab.run(`ringback("nonsense"); ringback("lead"); ringback("lead", 1); ringback("get")`)
}

func TestLeadThatThePagePasses(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, func(c *tracker.Config) { c.Forms = tracker.FormsAll }), newVisitor(t)
	s.page("/", `<!doctype html><form name="contact" data-ringback="ignore"><input name="a" value="1"><input name="b" value="2" data-ringback="ignore">
		<fieldset data-ringback="ignore"><input name="c" value="3"></fieldset></form>`+tag)
	tab.open(s.at("/"))
	s.next("views")
	tab.run(`ringback("lead", document.forms[0])`)
	lead := s.next("leads")
	require.Equal(t, "contact", lead.Body["form"])
	require.Equal(t, map[string]any{"a": "1"}, lead.fields(), "ignored parts of the form stay ignored")
	tab.run(`ringback("lead", {form: "Bad"}); ringback("lead", {form: "Bad", fields: {nested: {a: 1}}})`)
	tab.run(`ringback("lead", {form: "Good", phone: "+12025550123", fields: {nested: {a: 1}, none: null, rooms: 0}})`)
	require.Equal(t, map[string]any{"phone": "+12025550123", "rooms": "0"}, s.next("leads").fields())
	s.quiet()
}

func TestFieldIsReadWhateverElseIsInTheForm(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]string{
		"a fieldset":               `<fieldset><legend>x</legend></fieldset>`,
		"a result":                 `<output name="o">3</output>`,
		"an object":                `<object name="o"></object>`,
		"the page's own element":   `<x-field name="q"></x-field>`,
		"one that throws":          `<input id="broken">`,
		"a field called length":    `<input name="length">`,
		"a field called elements":  `<input name="elements">`,
		"a field called attribute": `<input name="name"><input name="id">`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, tab := newSite(t, nil), newVisitor(t)
			s.page("/", `<!doctype html><form data-ringback="contact">`+other+`<input name="a" value="1"></form><script>
				customElements.define("x-field", class extends HTMLElement { static formAssociated = true; constructor() { super(); this.attachInternals() } });
				if (window.broken) Object.defineProperty(broken, "value", {get() { throw 1 }});
				addEventListener("submit", e => e.preventDefault())</script>`+tag)
			tab.open(s.at("/"))
			s.next("views")
			tab.run(`document.forms[0].requestSubmit()`)
			require.Equal(t, map[string]any{"a": "1"}, s.next("leads").fields())
		})
	}
}

func TestCaseF01_FieldsWithTheNamesOfMembersOfForms(t *testing.T) {
	names := []string{
		"submit", "elements", "method", "action", "id", "name", "length", "getAttribute", "hasAttribute", "addEventListener", "closest", "attributes", "dataset", "children",
		"querySelector", "matches", "parentNode", "target", "constructor", "toString", "nodeType", "ownerDocument", "getRootNode", "form", "reset", "localName", "contains", "call",
	}
	withEachScript(t, func(t *testing.T, tag string) {
		t.Helper()
		s, tab := newSite(t, func(c *tracker.Config) { c.Forms = tracker.FormsAll }), newVisitor(t)
		var page strings.Builder
		page.WriteString("<!doctype html>")
		for _, name := range names {
			fmt.Fprintf(&page, `<form data-ringback="contact"><input name=%q value="1"></form><form id=f name=n><input name=%q value="2"></form>
				<form data-ringback=ignore><input name=%q value="3"></form>`, name, name, name)
		}
		s.page("/", page.String()+`<script>addEventListener("submit", e => e.preventDefault())</script>`+tag)
		tab.open(s.at("/"))
		s.next("views")
		for i, name := range names {
			for j, form := range []string{"contact", "n"} {
				tab.run(fmt.Sprintf(`HTMLFormElement.prototype.requestSubmit.call(document.forms[%d])`, 3*i+j))
				lead := s.next("leads")
				require.Equal(t, form, lead.Body["form"], name)
				require.Equal(t, map[string]any{name: fmt.Sprint(j + 1)}, lead.fields(), name)
			}
			tab.run(fmt.Sprintf(`HTMLFormElement.prototype.requestSubmit.call(document.forms[%d])`, 3*i+2))
		}
		tab.wait(emptyQueue)
		s.quiet()
	})
}

func TestPhoneNumbersAreNotTakenForCards(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/", tag)
	tab.open(s.at("/"))
	s.next("views")
	// All of these numbers pass Luhn's check.
	tab.run(`ringback("lead", {phone: "4915112345678", mobile: "49 151 12345678", long: "+4111111111111111", abroad: "004111111111111109", fields: {
		message: "Call 4915112345678 about\n5555-5555-5555-4444, 378282246310005 or 3782 822463 10005.", amex: "378282246310005", digits: "41111111111111110008"}})`)
	require.Equal(t, map[string]any{
		"phone": "4915112345678", "mobile": "49 151 12345678", "long": "+4111111111111111", "abroad": "004111111111111109",
		"message": "Call 4915112345678 about\n****, **** or ****.", "digits": "41111111111111110008",
	}, s.next("leads").fields())
}

func TestLargeLeadsAreCut(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/", `<!doctype html><form data-ringback="contact"><label><input name="a" value="1"></label></form>`+tag)
	tab.open(s.at("/"))
	s.next("views")
	tab.run(`document.querySelector("label").append("x".repeat(1000)); ringback("lead", document.forms[0])`)
	field := s.next("leads").Body["fields"].([]any)[0].(map[string]any)
	require.Equal(t, strings.Repeat("x", 100), field["label"])

	tab.run(`const fields = {}; for (let i = 0; i < 200; i++) fields["q" + i] = "я".repeat(2000);
		ringback("lead", {phone: "+12025550123", text: "x".repeat(5000), fields})`)
	lead := s.next("leads")
	require.Len(t, lead.Body["fields"], 100)
	require.Equal(t, "+12025550123", lead.fields()["phone"])
	require.Greater(t, len(lead.fields()["text"].(string)), 4000)
	require.Equal(t, strings.Repeat("я", 2000), lead.fields()["q0"])
	body, err := json.Marshal(lead.Body)
	require.NoError(t, err)
	require.Less(t, len(body), 60_000)
}

func TestCaseF01_ContactFieldsOfACardAreRead(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/", `<!doctype html><form data-ringback="contact"><input type="tel" name="phone" id="cardPhone" value="+12025550123">
		<input type="email" name="email" id="contact-card-email" value="visitor@example.com"><input name="secretary_phone" value="+12025550124">
		<input type="tel" name="card" value="123"><input id="card_pin" name="pan" value="1234"><input name="card-expiry" value="12/30"></form>`+tag)
	tab.arrive(s)
	tab.run(`ringback("lead", document.forms[0])`)
	require.Equal(t, map[string]any{"phone": "+12025550123", "email": "visitor@example.com", "secretary_phone": "+12025550124"}, s.next("leads").fields())
}

func TestCaseF01_WordsThatContainTheNameOfASecretAreRead(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.arrive(s)
	tab.run(`ringback("lead", {fields: {discard_reason: "a", cardiology: "b", "cardinal-size": "c", Discarded: "d", cardboard: "e", radiocardiography: "f",
		card: "x", cardNumber: "x", creditcard: "x", debit_card: "x", "pay[card]": "x", cardId: "x", cardInfo: "x", cardIban: "x", Kreditcard: "x"}})`)
	require.Equal(t, map[string]any{"discard_reason": "a", "cardiology": "b", "cardinal-size": "c", "Discarded": "d", "cardboard": "e", "radiocardiography": "f"},
		s.next("leads").fields())
}

func TestCaseF04_APlaceholderOrAnAccessibleNameIsALabel(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/", `<!doctype html><form data-ringback="contact"><input name="field_2" placeholder=" Phone number " value="+12025550123">
		<input name="field_3" aria-label="E-mail" value="visitor@example.com"><label>Name<input name="field_4" placeholder="Ann" value="Sample"></label></form>`+tag)
	tab.arrive(s)
	tab.run(`ringback("lead", document.forms[0])`)
	labels := map[any]any{}
	for _, field := range s.next("leads").Body["fields"].([]any) {
		labels[field.(map[string]any)["name"]] = field.(map[string]any)["label"]
	}
	require.Equal(t, map[any]any{"field_2": "Phone number", "field_3": "E-mail", "field_4": "Name"}, labels)
}
