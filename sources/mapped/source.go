// Package mapped reads the messages of any provider. Its owner writes which of
// Ringback's fields stands where in the messages, as a Mapping (M9).
//
// It covers messages in JSON, as a form and as the query of an address. It must not
// know any one provider: a package of a provider that only has a mapping is a Preset.
package mapped

import (
	"regexp"
	"strings"
	"time"

	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/internal/unread"
	"ringback/sources"
)

// The names of the options.
const (
	mappingOption  = "mapping"
	timeZoneOption = "time_zone"
)

// Name is the name of the source without a preset. Further ones of a site are named
// mapped-acme, with any label of theirs.
const Name = "mapped"

// Preset is what a provider's messages usually look like.
type Preset struct {
	Name    string // the name of the source
	Title   string
	Mapping string   // as JSON, empty if there is none
	Events  []string // that have an address of their own, by the parameter event
}

// mappingField returns the option with the mapping.
func (p Preset) mappingField() settings.Field {
	return settings.Field{Name: mappingOption, Multiline: true, Default: p.Mapping}
}

// Source is a source whose mapping its owner writes or changes.
type Source struct{ preset Preset }

// New returns the source without a preset.
func New() *Source { return Of(Preset{Name: Name, Title: "Any provider, by a mapping"}) }

// Of returns the source of a preset.
func Of(p Preset) *Source { return &Source{preset: p} }

var label = regexp.MustCompile(`^[a-z0-9]{1,32}$`)

// Member implements sources.Family. Sources of a preset have no members.
func (s *Source) Member(of string) (sources.Source, bool) {
	if s.preset.Name != Name || !label.MatchString(of) {
		return nil, false
	}
	return Of(Preset{Name: Name + "-" + of, Title: of}), true
}

// Describe implements sources.Source.
func (s *Source) Describe() sources.Description {
	return sources.Description{
		Name:      s.preset.Name,
		Title:     s.preset.Title,
		Addresses: sources.EventAddresses("event", s.preset.Events...),
		Form: settings.Form{
			Options: append([]settings.Field{
				s.preset.mappingField(),
				{Name: timeZoneOption},
			}, authenticationOptions...),
			Credentials: []settings.Field{
				{Name: secretsCredential, Required: true, Multiline: true, Chosen: true},
			},
		},
	}
}

// Validate implements sources.Source.
func (s *Source) Validate(set sources.Settings) []fault.Field {
	form := s.Describe().Form
	wrong := append(form.Check(set.Values), checkAuthentication(form, set.Values)...)
	if _, err := s.zone(set); err != nil {
		wrong = append(wrong, fault.Field{Path: "options." + timeZoneOption, Expected: fault.Expect("time_zone")})
	}
	if text := form.Option(set.Values, mappingOption); text != "" {
		mapping, err := ReadMapping(text)
		if err != nil {
			return append(wrong, fault.Field{Path: "options." + mappingOption, Expected: fault.Expect("mapping_json").Counting(LargestMapping >> 10)})
		}
		for _, field := range mapping.Check() {
			field.Path = "options." + mappingOption + "." + field.Path
			wrong = append(wrong, field)
		}
	}
	return wrong
}

// zone returns the time zone of times without one.
func (s *Source) zone(set sources.Settings) (*time.Location, error) {
	name := s.Describe().Option(set.Values, timeZoneOption)
	if name == "" {
		return set.TimeZone, nil
	}
	return time.LoadLocation(name)
}

// MappingOf returns the mapping that a site has set, or else that of the preset. It
// reports whether there is one.
func (s *Source) MappingOf(set sources.Settings) (Mapping, bool) {
	text := s.Describe().Option(set.Values, mappingOption)
	if text == "" {
		return Mapping{}, false
	}
	mapping, err := ReadMapping(text)
	return mapping, err == nil // it was checked when it was set
}

// Parse implements sources.Source.
func (s *Source) Parse(r sources.Request, set sources.Settings) (sources.Reading, error) {
	e, err := s.evaluationOf(r, set)
	if err != nil {
		return sources.Reading{}, err
	}
	return e.read()
}

// Try implements sources.Mappable.
func (s *Source) Try(r sources.Request, set sources.Settings) sources.Trial {
	var t sources.Trial
	if message, err := s.messageOf(r, set); err == nil {
		t.Values, t.MoreValues = listValues(message)
	}
	e, err := s.evaluationOf(r, set)
	if err != nil {
		t.Err = err
		return t
	}
	t.Reading, t.Err = e.read()
	t.Fields = e.found()
	return t
}

// evaluationOf returns what reads a message, or an *unread.Error.
func (s *Source) evaluationOf(r sources.Request, set sources.Settings) (*evaluation, error) {
	mapping, ok := s.MappingOf(set)
	if !ok {
		return nil, unread.New(unread.NotMapped, "")
	}
	message, err := s.messageOf(r, set)
	if err != nil {
		return nil, err
	}
	zone, err := s.zone(set)
	if err != nil { // checked when it was set
		zone = set.TimeZone
	}
	return &evaluation{mapping: mapping, message: message, zone: zone, region: set.Region, receivedAt: r.ReceivedAt}, nil
}

// title returns the words of a name for a sentence.
func title(names []string) string { return strings.Join(names, ", ") }
