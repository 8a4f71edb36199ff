package web_test

import (
	"html"
	"testing"

	"github.com/stretchr/testify/require"
)

// The form of every type is made of its description, before the source is set up and after.
func TestM9_TheFormOfASourceIsMadeOfItsDescription(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, language := range []string{"en", "ru", "pt-BR"} {
		for _, of := range items(w.must("GET", "/sources?language="+language, "")["items"]) {
			name := of.(object)["source"].(string)
			page := w.browse("/sites/{site}/sources/"+name+"?language="+language, adminToken)
			require.Equal(t, 200, page.Code, name)
			body := html.UnescapeString(page.Body.String())
			for _, group := range []string{"options", "credentials"} {
				for _, f := range items(of.(object)[group]) {
					setting := f.(object)
					require.Contains(t, body, `data-path="`+group+"."+setting["name"].(string)+`"`, name)
					require.Contains(t, body, setting["label"].(string))
					require.Contains(t, body, setting["description"].(string))
				}
			}
			require.NotEmpty(t, of.(object)["steps"], name)
			for _, step := range items(of.(object)["steps"]) {
				require.Contains(t, body, step.(string), name)
			}
		}
	}
	require.Equal(t, 404, w.browse("/sites/{site}/sources/pigeons", adminToken).Code)
	require.Equal(t, 200, w.browse("/sites/{site}/sources/mapped-acme", adminToken).Code)
	require.Equal(t, w.fill("/sites/{site}/sources/mapped-acme"), w.browse("/sites/{site}/sources/new?type=mapped&label=acme", adminToken).Header().Get("Location"))
}

// addressesOf returns the addresses to enter at the provider of a source, by their labels.
func addressesOf(source object) map[string]string {
	all := map[string]string{}
	for _, a := range items(source["addresses"]) {
		label, _ := a.(object)["label"].(string)
		all[label] = a.(object)["url"].(string)
	}
	return all
}

func TestM9_ASourceHasAnAddressForEachEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	callrail := addressesOf(w.must("GET", "/sites/{site}/sources/callrail", ""))
	require.Equal(t, w.names["hook"]+"?event=post_call", callrail["Post-Call (needed)"])
	require.Len(t, callrail, 5)
	touch := w.must("PUT", "/sites/{site}/sources/calltouch", `{"credentials":{"secrets":"0123456789abcdef"}}`)
	require.Equal(t, touch["webhook_url"].(string)+"?secret=********&event=call_end", addressesOf(touch)["End of a call (needed)"])
	acme := w.must("PUT", "/sites/{site}/sources/mapped-acme", `{"credentials":{"secrets":"0123456789abcdef"},"options":{"authentication_name":"key"}}`)
	require.Equal(t, map[string]string{"": acme["webhook_url"].(string) + "?key=********"}, addressesOf(acme))

	editor := w.browse("/sites/{site}/sources/calltouch", w.tokens["editor"]).Body.String()
	require.Contains(t, editor, touch["webhook_url"].(string)+"?secret=********&amp;event=call_end")
	require.NotContains(t, editor, "0123456789abcdef")
	viewer := w.browse("/sites/{site}/sources/calltouch", w.tokens["viewer"]).Body.String()
	require.NotContains(t, viewer, touch["webhook_url"].(string))
	require.NotContains(t, viewer, "data-method")
	require.NotContains(t, viewer, `type="submit"`)
}

func TestM9_ThePageOfASourceShowsItsUnreadMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	listed := func() string { return w.browse("/sites/{site}/sources", w.tokens["viewer"]).Body.String() }
	require.Contains(t, listed(), w.fill(`href="/sites/{site}/sources/callrail#unread"`))
	page := w.browse("/sites/{site}/sources/callrail", w.tokens["editor"]).Body.String()
	require.Contains(t, page, "has no time that can be read")
	require.Contains(t, page, w.fill("/api/v1/sites/{site}/unread-messages/{unread-message}"))
	require.NotContains(t, w.browse("/sites/{site}/sources/callrail", w.tokens["viewer"]).Body.String(), w.names["unread-message"])
	require.Equal(t, 204, w.do("DELETE", "/sites/{site}/unread-messages/{unread-message}", adminToken, "").Code)
	require.NotContains(t, listed(), "#unread")
}

func TestTheFirstStepsLeadToTheFormOfASource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.browse("/sites/{site}/start", w.tokens["editor"]).Body.String()
	require.Contains(t, page, w.fill(`href="/sites/{site}/sources/new"`))
	require.Contains(t, page, w.fill(`href="/sites/{site}/sources/callrail"`))
	offered := w.browse("/sites/{site}/sources/new", w.tokens["editor"]).Body.String()
	require.NotContains(t, offered, w.fill(`href="/sites/{site}/sources/callrail"`), "the site has it")
	require.Contains(t, offered, w.fill(`href="/sites/{site}/sources/calltouch"`))
}
