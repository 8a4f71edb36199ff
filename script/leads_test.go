package script_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"ringback/script"
)

// form is a marked form with one field of each kind. Reading the value of one of
// its secrets is noted.
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
	<input name="Never_Read" value="secret"><input name="off" disabled value="secret">
	<p data-ringback="ignore"><input name="inside" value="secret"></p></div>
	<input name="free" value="my card: 4111-1111 1111 1111"><button name="send" value="x">send</button></form>
	<script>for (const secret of document.querySelectorAll("#secrets input"))
		Object.defineProperty(secret, "value", {get() { window.touched = secret.outerHTML; return "secret" }})</script>` + tag

func TestR3_MarkedFormBecomesALead(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, func(c *script.Config) { c.NeverRead = []string{"never_read"} }), newVisitor(t)
	s.page("/", form+`<script>addEventListener("submit", e => { e.stopImmediatePropagation(); e.preventDefault() })</script>`)
	tab.open(s.at("/"))
	visitor := s.next("views").Body["visitor"]
	eval[any](tab, followAnswer)
	tab.do(chromedp.Click(chromedp.CSS("button")))
	lead := s.next("leads")
	require.Equal(t, map[string]any{
		"your_phone": "+1 202 555 0123", "email": "visitor@example.com", "name": "sample", "message": "two\nlines", "topic": "b",
		"many": "e", "terms": "yes", "promo": "spring", "long_number": "+49 1512 3456 789 01", "order": "4111 1111 1111 1112",
	}, lead.fields())
	require.Contains(t, lead.Body["fields"], map[string]any{
		"name": "your_phone", "type": "tel", "autocomplete": "", "label": "Your phone", "value": "+1 202 555 0123",
	})
	require.Subset(t, lead.Body, map[string]any{
		"form": "contact", "visitor": visitor, "url": s.at("/"), "referrer": "", "ids": map[string]any{}, "storage": "cookie", "version": script.Version,
	})
	require.Regexp(t, `^[\w-]{16,64}$`, lead.Body["id"])
	require.Empty(t, eval[string](tab, `window.touched || ""`), "a secret's value is not even read")

	tab.run(`document.querySelector("form").requestSubmit()`)
	tab.run(`document.querySelector("[name=name]").value = "another"; document.querySelector("form").requestSubmit()`)
	require.Equal(t, "another", s.next("leads").fields()["name"], "the same values again are the same lead")
	tab.wait(emptyQueue)
	s.quiet()
}

func TestR3_PlainSubmitSurvivesThePage(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/", form)
	tab.open(s.at("/"))
	s.next("views")
	eval[any](tab, followAnswer)
	tab.do(chromedp.Click(chromedp.CSS("button")))
	sent := []post{s.next("leads"), s.next("views")}
	require.Equal(t, "sample", sent[0].fields()["name"])
	require.Contains(t, sent[1].Body["url"], s.at("/thanks"))
}

func TestWhichFormsAreRead(t *testing.T) {
	t.Parallel()
	const page = `<!doctype html><form id=plain><input name=a value=1></form><form data-ringback><input name=b value=2></form>
		<form data-ringback=ignore><input name=c value=3></form><form name=n><input name=name value=4><input name=id value=5></form>
		<script>addEventListener("submit", e => e.preventDefault())</script>` + tag
	for _, c := range []struct {
		name  string
		forms script.Forms
		want  []string
	}{
		{"none", script.FormsNone, nil},
		{"marked", script.FormsMarked, []string{""}},
		{"all", script.FormsAll, []string{"plain", "", "n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, tab := newSite(t, func(config *script.Config) { config.Forms = c.forms }), newVisitor(t)
			s.page("/", page)
			tab.open(s.at("/"))
			s.next("views")
			tab.run(`for (const form of document.forms) form.requestSubmit()`)
			for _, name := range c.want {
				require.Equal(t, name, s.next("leads").Body["form"])
			}
			tab.run(`ringback("lead", document.forms[0])`)
			if c.forms == script.FormsAll {
				tab.run(`ringback("page")`)
				s.next("views")
			} else {
				require.Equal(t, map[string]any{"a": "1"}, s.next("leads").fields(), "a form that the page hands over is a lead in any case")
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
