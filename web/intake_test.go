package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/web"
)

func TestCallEventsAreValidated(t *testing.T) {
	t.Parallel()
	event := func(body string) scenario {
		return scenario{method: "POST", path: "/sites/{site}/calls/call-2/events", as: "intake", body: body, status: 422}
	}
	wrong := func(name, body string, fields ...string) scenario {
		sc := event(body)
		sc.name, sc.lacks = name, []string{"psychic"}
		for _, f := range fields {
			sc.holds = append(sc.holds, `"field":"`+f+`"`)
		}
		return sc
	}
	fine := func(name, body string) scenario {
		sc := event(body)
		sc.name, sc.status, sc.holds = name, 202, []string{`"conversion_id":"cnv_`, `"late":false`}
		return sc
	}
	without := func(name, body string, fields ...string) scenario {
		sc := wrong(name, body, fields...)
		sc.status, sc.holds = 202, append(sc.holds, `"conversion_id":"cnv_`, `"left_out":[`)
		return sc
	}
	newWorld(t).run(t, []scenario{
		wrong("no type", `{}`, "type"),
		wrong("unknown type", `{"type":"psychic"}`, "type"),
		without("unknown field", `{"type":"started","colour":"psychic"}`, "colour"),
		without("event id with an @", `{"type":"started","event_id":"psychic@x"}`, "event_id"),
		without("before 2000", `{"type":"started","at":"1999-12-31T23:59:59Z"}`, "at"),
		without("two days ahead", `{"type":"started","at":"2026-02-02T12:17:00Z"}`, "at"),
		without("no date", `{"type":"started","at":"psychic"}`, "at"),
		without("no phone number", `{"type":"started","caller":"psychic"}`, "caller"),
		without("no tracking number", `{"type":"started","tracking_number":"psychic"}`, "tracking_number"),
		wrong("tagged without tags", `{"type":"tagged"}`, "tags"),
		without("tag too long", `{"type":"tagged","tags":["a","`+strings.Repeat("x", 101)+`"]}`, "tags[1]"),
		without("too many tags", `{"type":"tagged","tags":[`+manyTags(51)+`]}`, "tags[50]"),
		without("origin without tags", `{"type":"started","tag_origin":"manual"}`, "tag_origin"),
		without("unknown origin", `{"type":"tagged","tags":["a"],"tag_origin":"psychic"}`, "tag_origin"),
		without("outcome before the end", `{"type":"started","outcome":"answered"}`, "outcome"),
		without("talk before the end", `{"type":"answered","talk_seconds":5}`, "talk_seconds"),
		without("unknown outcome", `{"type":"ended","outcome":"psychic"}`, "outcome"),
		without("negative talk", `{"type":"ended","talk_seconds":-1}`, "talk_seconds"),
		without("more than a day of talk", `{"type":"ended","talk_seconds":86401}`, "talk_seconds"),
		wrong("linked to nothing", `{"type":"linked"}`, "session_id"),
		without("name of a visitor id", `{"type":"started","visitor_ids":{"RTB House":"psychic"}}`, "visitor_ids"),
		without("visitor id too long", `{"type":"started","visitor_ids":{"rtbhouse":"`+strings.Repeat("x", 2049)+`"}}`, "visitor_ids.rtbhouse"),
		without("traffic too long", `{"type":"started","traffic":{"source":"`+strings.Repeat("x", 2049)+`"}}`, "traffic.source"),
		without("unknown traffic field", `{"type":"started","traffic":{"colour":"x"}}`, "traffic.colour"),
		without("several at once", `{"type":"started","caller":"psychic","outcome":"busy","at":"1970-01-01T00:00:00Z"}`, "caller", "outcome", "at"),
		wrong("tagged with a blank tag", `{"type":"tagged","tags":[" "]}`, "tags"),
		wrong("linked to an empty id", `{"type":"linked","visitor_ids":{"rtbhouse":""}}`, "session_id"),
		wrong("not an object", `["psychic"]`, "body"),
		fine("blank tag", `{"type":"tagged","tags":["a"," "]}`),
		fine("number with an exponent", `{"type":"ended","talk_seconds":6e1}`),
		fine("choices in upper case", `{"type":"Ended","outcome":" ANSWERED"}`),
		fine("number as a text", `{"type":"ended","talk_seconds":"95"}`),
		fine("seconds for a date", `{"type":"started","at":1769861820}`),
		fine("date without a zone", `{"type":"started","at":"2026-01-31 12:17:00"}`),
		fine("visitor id that is a number", `{"type":"linked","visitor_ids":{"rtbhouse":5}}`),
		fine("a tag without a list", `{"type":"tagged","tags":"sales"}`),
		fine("nothing", `{"type":"started","caller_name":null,"tags":null,"traffic":null,"talk_seconds":null}`),
		fine("the type alone", `{"type":"started"}`),
		fine("withheld number", `{"type":"started","caller":"Anonymous"}`),
		fine("national number", `{"type":"started","caller":"(202) 555-0123"}`),
		fine("another zone", `{"type":"answered","at":"2026-01-31T14:17:00+02:00"}`),
		fine("end", `{"type":"ended","outcome":"answered","talk_seconds":0,"wait_seconds":86400}`),
		{name: "external id with an @", method: "POST", path: "/sites/{site}/calls/psychic@x/events", body: `{"type":"started"}`, status: 422, holds: []string{`"field":"external_id"`, "shown in Temporal"}, lacks: []string{"psychic"}},
		{name: "external id with a slash", method: "POST", path: "/sites/{site}/calls/psychic%2Fx/events", body: `{"type":"started"}`, status: 422, holds: []string{`"field":"external_id"`}},
		{name: "external id too long", method: "POST", path: "/sites/{site}/calls/" + strings.Repeat("x", 129) + "/events", body: `{"type":"started"}`, status: 422, holds: []string{`"field":"external_id"`}},
		{name: "body too large", method: "POST", path: "/sites/{site}/calls/c/events", body: `{"type":"started","session_id":"` + strings.Repeat("x", 64<<10) + `"}`, status: 413, holds: []string{`"code":"too_large"`}},
	})
}

func TestLeadsAreValidated(t *testing.T) {
	t.Parallel()
	lead := func(name string, status int, body string, fields ...string) scenario {
		sc := scenario{name: name, method: "POST", path: "/sites/{site}/leads", as: "intake", body: body, status: status, lacks: []string{"psychic"}}
		for _, f := range fields {
			sc.holds = append(sc.holds, `"field":"`+f+`"`)
		}
		return sc
	}
	newWorld(t).run(t, []scenario{
		lead("no id", 422, `{"email":"visitor@example.com"}`, "external_id"),
		lead("id with a plus", 422, `{"external_id":"psychic+1","email":"visitor@example.com"}`, "external_id"),
		lead("id of a source's lead", 422, `{"external_id":"callrail:1","email":"visitor@example.com"}`, "external_id"),
		lead("nobody's", 422, `{"external_id":"l1","name":"psychic"}`, "phone"),
		lead("no e-mail", 202, `{"external_id":"l1","email":"psychic"}`, "email"),
		lead("e-mail with a name", 202, `{"external_id":"l8","email":"Ann <visitor@example.com>"}`),
		lead("no phone", 202, `{"external_id":"l1","phone":"psychic"}`, "phone"),
		lead("field too long", 202, `{"external_id":"l1","session_id":"s","fields":{"topic":"`+strings.Repeat("x", 4097)+`"}}`, "fields.topic"),
		lead("too many fields", 202, `{"external_id":"l1","session_id":"s","fields":{`+manyFields(101)+`}}`, "fields.f99"),
		lead("field of a wrong type", 202, `{"external_id":"l1","session_id":"s","fields":{"topic":{"a":1}}}`, "fields.topic"),
		lead("from the future", 202, `{"external_id":"l1","session_id":"s","at":"2030-01-01T00:00:00Z"}`, "at"),
		lead("unknown field", 202, `{"external_id":"l9","email":"visitor@example.com","colour":"psychic"}`, "colour"),
		lead("array", 422, `["psychic"]`, "body"),
		lead("too large", 413, `{"external_id":"l1","session_id":"`+strings.Repeat("x", 256<<10)+`"}`),
		lead("e-mail alone", 202, `{"external_id":"l1","email":"visitor@example.com"}`),
		lead("phone alone", 202, `{"external_id":"l2","phone":"202-555-0123"}`),
		lead("session alone", 202, `{"external_id":"l3","session_id":"s"}`),
		lead("withheld phone, visitor known", 202, `{"external_id":"l4","phone":"anonymous","visitor_ids":{"rtbhouse":"v"}}`),
		lead("everything", 202, `{"external_id":"l5","at":"2026-01-31T12:00:00Z","name":"N","phone":"+12025550123","email":"visitor@example.com","form":"contact","page_url":"https://www.example.com/","session_id":"s","visitor_ids":{"rtbhouse":"v"},"traffic":{"source":"google","click_ids":{"gclid":"c"}},"tags":["a"," a ","b"],"fields":{`+manyFields(100)+`}}`),
	})
}

func manyTags(n int) string {
	tags := make([]string, 0, n)
	for i := range n {
		tags = append(tags, fmt.Sprintf(`"t%d"`, i))
	}
	return strings.Join(tags, ",")
}

func manyFields(n int) string {
	fields := make([]string, 0, n)
	for i := range n {
		fields = append(fields, fmt.Sprintf(`"f%d":"v"`, i))
	}
	return strings.Join(fields, ",")
}

func TestG2_RepeatsAreOneEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/sites/{site}/calls/call-3/events"
	offered := len(w.relay.offered())

	first := w.must("POST", path, `{"type":"started"}`)
	again := w.must("POST", path, `{"type":"started"}`)
	require.Equal(t, first["conversion_id"], again["conversion_id"])
	require.Equal(t, false, first["duplicate"])
	require.Equal(t, true, again["duplicate"], "the same bytes without an id are the same event")

	other := w.must("POST", path, `{"type":"started" }`)
	require.Equal(t, false, other["duplicate"], "other bytes are another event")
	require.Len(t, w.relay.offered(), offered+2, "a duplicate is nothing to tell")

	lead := w.must("POST", "/sites/{site}/leads", sampleLead)
	require.Equal(t, lead["conversion_id"], w.must("POST", "/sites/{site}/leads", sampleLead)["conversion_id"])
}

func TestG5_LateEventsAreAcceptedAndMarkedLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	offered := len(w.relay.offered())
	late := w.must("POST", "/sites/{site}/calls/call-delivered/events", `{"type":"tagged","tags":["late one"]}`)
	require.Equal(t, true, late["late"])
	require.Len(t, w.relay.offered(), offered, "a late event is nothing to tell")
	detail := w.do("GET", "/conversions/"+late["conversion_id"].(string), adminToken, "").Body.String()
	require.Contains(t, detail, `{"label":"late one","origin":"api","at":"2026-01-31T12:17:00Z","late":true}`)
}

func TestIntakeNormalises(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.must("POST", "/sites/{site}/calls/call-4/events",
		`{"type":"started","at":"2026-01-31T13:00:00.1234567+01:00","caller":"(202) 555-0123","tags":[" sales ","sales","vip"]}`)["conversion_id"].(string)
	detail := w.do("GET", "/conversions/"+id, adminToken, "").Body.String()
	require.Contains(t, detail, `"at":"2026-01-31T12:00:00.123456Z"`)
	require.Contains(t, detail, `"phone":"+12025550123"`)
	require.Contains(t, detail, `"tags":["sales","vip"],"tag_origin":"api"`)
}

// outage is a store whose database becomes unavailable after web has cached tokens and sites.
type outage struct {
	web.Store
	away *models.Store // a PostgreSQL that nobody answers for
}

func (o outage) AcceptLead(ctx context.Context, in models.NewLead) (models.Accepted, error) {
	return o.away.AcceptLead(ctx, in)
}

func (o outage) AcceptCallEvent(ctx context.Context, in models.CallEvent) (models.Accepted, error) {
	return o.away.AcceptCallEvent(ctx, in)
}

// TestG1_DatabaseDownAnswers503 checks that there is no 2xx without a commit, and that the answer has Retry-After.
func TestG1_DatabaseDownAnswers503(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	away, err := models.Open(context.Background(), models.Options{
		DSN: "postgres://nobody@127.0.0.1:1/none", Clock: w.clock, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = away.Close() })
	offered := len(w.relay.offered())
	for name, store := range map[string]web.Store{"intake alone": outage{Store: w.store, away: away}, "all of it": away} {
		w.handler, err = web.New(options(store, w.clock, w.relay, w.outside, w.log))
		require.NoError(t, err)
		for path, body := range map[string]string{"/sites/{site}/leads": sampleLead, "/sites/{site}/calls/call-1/events": sampleEvent} {
			for _, who := range []string{"operator", "intake"} {
				answer := w.do("POST", path, w.tokens[who], body)
				require.Equal(t, 503, answer.Code, "%s: %s", name, answer.Body)
				require.Equal(t, "5", answer.Header().Get("Retry-After"))
				require.Contains(t, answer.Body.String(), `"code":"unavailable"`)
			}
		}
		if name == "all of it" {
			require.Equal(t, 503, w.do("GET", "//root/readyz", "", "").Code)
		}
	}
	require.Len(t, w.relay.offered(), offered)
}
