package pages

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// IntegrationCard is an integration as the page of integrations shows it.
type IntegrationCard struct {
	ID, Type, Name string
	Enabled        bool
	Version        int
	Problem        string
	Model          string `json:"attribution_model"`
	Calls, Leads   *Rules
	Breaker        struct {
		State       string
		OpenSince   *time.Time `json:"open_since"`
		OpenUntil   *time.Time `json:"open_until"`
		Waiting     int
		Explanation string
	}
}

// Rules are which calls or leads an integration sends.
type Rules struct {
	Metrics []string
	Tags    struct{ Any, All, None []string }
	Traffic json.RawMessage
}

// Integrations is the content of the page of integrations.
type Integrations struct {
	Items  []IntegrationCard
	Health *Healths // nil while the first reports of the site are built
}

// rules returns the rules of one kind as a sentence.
func (s Shell) rules(kind string, r *Rules) string {
	if r == nil {
		return s.Code("no_rules", kind)
	}
	metrics := []string{}
	for _, m := range r.Metrics {
		metrics = append(metrics, s.metric(kind, m))
	}
	sentence := s.Code("send_kind", kind) + ": " + strings.Join(metrics, ", ")
	for i, tags := range [][]string{r.Tags.Any, r.Tags.All, r.Tags.None} {
		if len(tags) > 0 {
			sentence += "; " + s.Code("tags", []string{"any", "all", "none"}[i]) + ": " + strings.Join(tags, ", ")
		}
	}
	if len(r.Traffic) > 0 && string(r.Traffic) != "null" {
		sentence += "; " + s.T("traffic_filtered")
	}
	return sentence + "."
}

// metricMeaning returns in words which calls or leads a metric selects.
func (s Shell) metricMeaning(kind, metric string) string {
	if kind == "lead" {
		return s.Code("lead_means", metric)
	}
	return s.Code("call_means", metric)
}

// metric returns the name of a metric, which agrees with what it is about in some languages.
func (s Shell) metric(kind, metric string) string {
	if kind == "lead" {
		return s.Code("lead_metric", metric)
	}
	return s.Code("metric", metric)
}

// switchTo returns the change that switches a pool or a number on or off.
func switchTo(on bool) string { return fmt.Sprintf(`{"enabled":%t}`, on) }

// switchLabel returns the label of the button that does so.
func (s Shell) switchLabel(on bool) string {
	if on {
		return s.T("switch_on")
	}
	return s.T("switch_off")
}

// formChoices are which forms of a site become leads.
var formChoices = []string{"marked", "all", "none"}

// Numbers is the content of the page of numbers and pools.
type Numbers struct {
	List    // of the numbers
	Pools   []Pool
	Numbers []Number
}

// Pool is a pool of numbers.
type Pool struct {
	ID, Name      string
	Enabled       bool
	Numbers, Held int
	Replaces      []string
	HoldMinutes   int   `json:"hold_minutes"`
	Exhausted     int64 `json:"exhausted_count"`
}

// Number is a tracking number.
type Number struct {
	ID, Number, Name, Pool string
	Enabled                bool
	Replaces, Tags         []string
	HeldBy                 string `json:"held_by"`
}

// poolName returns the name of a number's pool.
func (d Numbers) poolName(id string) string {
	for _, p := range d.Pools {
		if p.ID == id {
			return p.Name
		}
	}
	return id
}

// Script is the content of the page of the site and its script.
type Script struct {
	Snippet        string
	Extended       string `json:"extended_snippet"` // the tag of the extended script
	Origins        []string
	LastSeenAt     *time.Time `json:"last_seen_at"`
	Version        string
	Forms          string
	Consent        bool `json:"consent_required"`
	SessionMinutes int  `json:"session_minutes"`
	KeepDays       int  `json:"keep_days"`
	Site           struct {
		Domains           []string
		TimeZone          string `json:"time_zone"`
		Region            string
		TargetCallSeconds int `json:"target_call_seconds"`
		UniquenessDays    int `json:"uniqueness_days"`
		MaxCallMinutes    int `json:"max_call_minutes"`
		LookbackDays      int `json:"lookback_days"`
	} `json:"-"`
}

// Journal is the content of the journal.
type Journal struct {
	List
	Items []Change
}

// Change is a change of settings.
type Change struct {
	At                              time.Time
	Actor, Action, Entity, EntityID string
	ActorName                       string `json:"actor_name"`
	Explanation                     string
	Changes                         map[string]struct{ From, To any }
}

// fields returns the changed fields, each with what it was and became.
func (c Change) fields() (all []string) {
	for _, name := range slices.Sorted(maps.Keys(c.Changes)) {
		if short(c.Changes[name].From) == short(c.Changes[name].To) {
			continue // something empty was set to something empty
		}
		all = append(all, name+": "+short(c.Changes[name].From)+" → "+short(c.Changes[name].To))
	}
	return all
}

// maxValue is how much of a changed value the journal shows, in bytes.
const maxValue = 160

func short(value any) string {
	text, _ := json.Marshal(value) // it came as JSON
	if slices.Contains([]string{"null", `""`, "[]", "{}"}, string(text)) {
		return "–"
	}
	if len(text) > maxValue {
		return strings.ToValidUTF8(string(text[:maxValue]), "") + "…"
	}
	return string(text)
}

func (s Shell) localOr(t *time.Time, id string) string {
	if t == nil {
		return s.T(id)
	}
	return s.Local(*t)
}

func joined(texts []string) string { return strings.Join(texts, ", ") }

// firstPage returns the address of a page of the site to check, empty if it has no domain.
func (d Script) firstPage() string {
	all := Steps{Script: d}.pagesToOpen()
	if len(all) == 0 {
		return ""
	}
	return all[0]
}
