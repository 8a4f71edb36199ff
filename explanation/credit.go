package explanation

import (
	"ringback/internal/locale"
	"ringback/touchpoints"
	"ringback/touchpoints/credit"
)

// CreditModel writes the name of an attribution model of touchpoints.
func (w Writer) CreditModel(name string) string { return w.name("credit_model", name) }

// Share writes the credit of a touchpoint, and what it is for.
func (w Writer) Share(s credit.Share) string {
	if len(s.Parts) == 0 {
		return w.text("share.none", nil)
	}
	parts := make([]string, 0, len(s.Parts))
	for _, p := range s.Parts {
		parts = append(parts, w.sharePart(p))
	}
	return w.text("share.credit", locale.Values{"Credit": w.language.Percent(s.Credit), "Parts": w.join(parts, "list")})
}

func (w Writer) sharePart(p credit.Part) string {
	values := locale.Values{"Position": w.text("position.middle", nil), "Weight": w.language.Percent(p.Weight)}
	if p.Position != "" {
		values["Position"] = w.Position(p.Position)
	}
	if p.Among > 1 {
		return w.plural("share.part_among", int64(p.Among), values)
	}
	return w.text("share.part", values)
}

// Division writes how the credit of a journey was divided where it is not simply
// the weights of the model, one sentence each.
func (w Writer) Division(r credit.Result) []string {
	var sentences []string
	if r.NoMiddle {
		sentences = append(sentences, w.text("division.no_middle", nil))
	}
	if len(r.Missing) > 0 {
		sentences = append(sentences, w.text("division.missing", locale.Values{"Positions": w.positions(r.Missing)}))
	}
	if r.Fallback {
		sentences = append(sentences, w.text("division.fallback", nil))
	}
	if r.Preliminary {
		sentences = append(sentences, w.text("division.preliminary", nil))
	}
	return sentences
}

func (w Writer) positions(positions []touchpoints.Position) string {
	names := make([]string, 0, len(positions))
	for _, p := range positions {
		names = append(names, w.Position(p))
	}
	return w.join(names, "list")
}
