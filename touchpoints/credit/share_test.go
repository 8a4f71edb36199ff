package credit_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/internal/fault"
	"ringback/touchpoints"
	"ringback/touchpoints/credit"
)

func model(t require.TestingT, name string) credit.Model {
	for _, m := range credit.Models() {
		if m.Name == name {
			return m
		}
	}
	require.Fail(t, "no model "+name)
	return credit.Model{}
}

// step returns a step with these positions. It is a form or call if one of them is Form.
func step(id string, positions ...touchpoints.Position) touchpoints.Step {
	s := touchpoints.Step{Touchpoint: touchpoints.Touchpoint{ID: id, Kind: touchpoints.Visit}, Positions: positions}
	if s.Positions.Has(touchpoints.FormPosition) {
		s.Touchpoint.Kind = touchpoints.FormFill
	}
	for _, p := range positions {
		if p.IsStage() {
			s.Stages = append(s.Stages, string(p))
		}
	}
	return s
}

func journey(steps ...touchpoints.Step) touchpoints.Journey { return touchpoints.Journey{Steps: steps} }

func credits(r credit.Result) []int {
	var all []int
	for _, s := range r.Shares {
		all = append(all, s.Credit)
	}
	return all
}

const (
	ft, lc, oc, closed     = touchpoints.FirstTouch, touchpoints.LeadCreation, touchpoints.OpportunityCreated, touchpoints.Closed
	postLC, form, pending  = touchpoints.PostLeadCreation, touchpoints.FormPosition, touchpoints.Pending
	demo                   = touchpoints.Position("Demo")
	first, lead, u, w, all = credit.FirstTouch, credit.LeadCreation, credit.UShaped, credit.WShaped, credit.FullPath
)

// TestModelsLineByLine goes through docs/facts/marketo-measure.md#attribution-models.
func TestModelsLineByLine(t *testing.T) {
	t.Parallel()
	complete := journey(step("1", ft), step("2", lc, form), step("3", postLC, form), step("4", oc), step("5", closed))
	noMiddle := journey(step("1", ft), step("2", lc, form), step("3", oc), step("4", closed))
	twoMiddle := journey(step("1", ft), step("2", lc, form), step("3", postLC, form), step("4", oc), step("5", postLC, form), step("6", closed))
	one := journey(step("1", ft, lc, oc, closed, form))
	visits := journey(step("1", ft), step("2", oc, closed))
	open := touchpoints.Journey{Open: true, Steps: []touchpoints.Step{step("1", ft), step("2", lc, oc, form), step("3", pending)}}
	for name, tc := range map[string]struct {
		model   string
		journey touchpoints.Journey
		want    []int
	}{
		"first touch":                           {first, complete, []int{10_000, 0, 0, 0, 0}},
		"lead creation":                         {lead, complete, []int{0, 10_000, 0, 0, 0}},
		"U":                                     {u, complete, []int{4_000, 4_000, 2_000, 0, 0}},
		"W":                                     {w, complete, []int{3_000, 3_000, 1_000, 3_000, 0}},
		"full path":                             {all, complete, []int{2_250, 2_250, 1_000, 2_250, 2_250}},
		"U, two in the middle":                  {u, twoMiddle, []int{4_000, 4_000, 1_000, 0, 1_000, 0}},
		"U, nothing in the middle: 50/50":       {u, noMiddle, []int{5_000, 5_000, 0, 0}},
		"W, nothing in the middle":              {w, noMiddle, []int{3_334, 3_333, 3_333, 0}},
		"full path, nothing in the middle":      {all, noMiddle, []int{2_500, 2_500, 2_500, 2_500}},
		"one touch has all positions":           {u, one, []int{10_000}},
		"one touch, full path":                  {all, one, []int{10_000}},
		"U without a lead":                      {u, visits, []int{10_000, 0}},
		"W without a lead":                      {w, visits, []int{5_000, 5_000}},
		"lead creation without a lead":          {lead, visits, []int{10_000, 0}},
		"full path of an open one":              {all, open, []int{2_500, 5_000, 2_500}},
		"W without OC, with a middle: 30:30:10": {w, journey(step("1", ft), step("2", lc, form), step("3", postLC, form)), []int{4_286, 4_286, 1_428}},
		"a visit in the middle has nothing":     {u, journey(step("1", ft), step("2", lc, form), step("3", demo)), []int{5_000, 5_000, 0}},
		"a form at a stage is in the middle":    {u, journey(step("1", ft), step("2", lc, form), step("3", postLC, demo, form)), []int{4_000, 4_000, 2_000}},
		"a form at OC is in the middle of U":    {u, journey(step("1", ft), step("2", lc, form), step("3", postLC, oc, form)), []int{4_000, 4_000, 2_000}},
		"a form at OC is not in that of W":      {w, journey(step("1", ft), step("2", lc, form), step("3", postLC, oc, form)), []int{3_334, 3_333, 3_333}},
	} {
		require.Equal(t, tc.want, credits(model(t, tc.model).Divide(tc.journey)), name)
	}
}

func TestWhyCreditIsDividedSo(t *testing.T) {
	t.Parallel()
	r := model(t, w).Divide(journey(step("1", ft), step("2", lc, form)))
	require.True(t, r.NoMiddle)
	require.Equal(t, []touchpoints.Position{oc}, r.Missing)
	require.Equal(t, credit.Share{TouchpointID: "2", Credit: 5_000, Parts: []credit.Part{{Position: lc, Weight: 3_000, Among: 1}}}, r.Shares[1])

	r = model(t, lead).Divide(journey(step("1", ft, oc)))
	require.True(t, r.Fallback)
	require.Empty(t, r.Missing)

	r = model(t, u).Divide(journey(step("1", ft), step("2", lc, form), step("3", postLC, form), step("4", postLC, form)))
	require.Equal(t, []credit.Part{{Weight: 2_000, Among: 2}}, r.Shares[3].Parts)

	open := touchpoints.Journey{Open: true, Steps: []touchpoints.Step{step("1", ft, pending)}}
	require.True(t, model(t, all).Divide(open).Preliminary)
	require.False(t, model(t, w).Divide(open).Preliminary)
	require.Empty(t, model(t, w).Divide(touchpoints.Journey{Empty: touchpoints.NoPeople}).Shares, "an opportunity without people")
	require.Empty(t, model(t, w).Divide(touchpoints.Journey{}).Money(100))
}

// TestCustomModelOfTheScreenshot has a touch with two stages, and 22 in the middle.
func TestCustomModelOfTheScreenshot(t *testing.T) {
	t.Parallel()
	m, err := credit.Custom(credit.Model{FT: 2_600, LC: 2_200, OC: 2_100, Closed: 1_000, Middle: 1_000, Stages: map[string]int{"Demo": 1_100}})
	require.NoError(t, err)
	steps := []touchpoints.Step{step("0", ft, lc, form), step("1", demo, oc), step("2", closed)}
	for i := range 22 {
		steps = append(steps, step(fmt.Sprint("m", i), postLC, form))
	}
	r := m.Divide(journey(steps...))
	require.Equal(t, 4_800, r.Shares[0].Credit, "weights of several positions are added")
	require.Equal(t, 3_200, r.Shares[1].Credit)
	for _, s := range r.Shares[3:] {
		require.InDelta(t, 45.45, s.Credit, 0.6, "10 % of 22")
	}
}

func TestCreditOfAnEmptyMiddleIsDividedEquallyAndOfAMissingPositionInProportion(t *testing.T) {
	t.Parallel()
	m, err := credit.Custom(credit.Model{FT: 5_000, LC: 1_000, OC: 2_000, Middle: 2_000})
	require.NoError(t, err)
	require.Equal(t, []int{5_667, 1_667, 2_666}, credits(m.Divide(journey(step("1", ft), step("2", lc, form), step("3", oc)))))
	require.Equal(t, []int{6_250, 1_250, 2_500}, credits(m.Divide(journey(step("1", ft), step("2", lc, form), step("3", postLC, form)))))
	require.Equal(t, []int{7_500, 2_500}, credits(m.Divide(journey(step("1", ft), step("2", lc, form)))), "6000 and 2000 of 8000")
}

func TestStageThatWasEnteredSeveralTimesSharesItsWeight(t *testing.T) {
	t.Parallel()
	m, err := credit.Custom(credit.Model{FT: 5_000, Stages: map[string]int{"MQL": 5_000}})
	require.NoError(t, err)
	one, two := step("1", ft, "MQL-01"), step("2", "MQL-02 (Last)")
	one.Stages, two.Stages = []string{"MQL"}, []string{"MQL"}
	require.Equal(t, []int{7_500, 2_500}, credits(m.Divide(journey(one, two))))
}

func TestCustomModelsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	many := map[string]int{}
	for i := range 7 {
		many[fmt.Sprint("stage ", i)] = 0
	}
	for path, weights := range map[string]credit.Model{
		"weights":    {FT: 5_000},
		"ft":         {FT: -1, LC: 10_001},
		"stages.OC":  {FT: 5_000, Stages: map[string]int{"OC": 5_000}},
		"stages":     {FT: 10_000, Stages: many},
		"stages.MQL": {FT: 10_000, Stages: map[string]int{"MQL": -1}},
	} {
		_, err := credit.Custom(weights)
		var f *fault.Error
		require.ErrorAs(t, err, &f, path)
		require.Equal(t, path, f.Fields[0].Path)
	}
}

// TestM8_ScreenshotCountsOfAPerson has the counts of the merged call: 1.00 as LC,
// and 0.40 in the U-shaped model.
func TestM8_ScreenshotCountsOfAPerson(t *testing.T) {
	t.Parallel()
	require.Equal(t, credit.PersonCredit{LeadCreation: 10_000, UShaped: 4_000}, credit.OfPerson(touchpoints.Positions{lc, form}))
	require.Equal(t, credit.PersonCredit{FirstTouch: 10_000, UShaped: 4_000}, credit.OfPerson(touchpoints.Positions{ft}))
	require.Equal(t, credit.PersonCredit{FirstTouch: 10_000, LeadCreation: 10_000, UShaped: 8_000}, credit.OfPerson(touchpoints.Positions{ft, lc, form}))
	require.Equal(t, credit.PersonCredit{}, credit.OfPerson(touchpoints.Positions{postLC, form}))
}

func TestMoneyGoesToTheLargestRemainders(t *testing.T) {
	t.Parallel()
	three := model(t, w).Divide(journey(step("1", ft), step("2", lc, form), step("3", oc)))
	require.Equal(t, []int64{34, 33, 33}, three.Money(100))
	require.Equal(t, []int64{-34, -33, -33}, three.Money(-100))
	require.Equal(t, []int64{1, 0, 0}, three.Money(1))
	require.Equal(t, []int64{0, 0, 0}, three.Money(0))
}

// someJourney draws the journey of an opportunity from any set of touchpoints.
func someJourney(t *rapid.T) touchpoints.Journey {
	when := func(name string) time.Time {
		return time.Date(2026, 5, 4, rapid.IntRange(0, 12).Draw(t, name), 0, 0, 0, time.UTC)
	}
	var people []touchpoints.Participant
	for p := range rapid.IntRange(0, 2).Draw(t, "people") {
		one := touchpoints.Participant{Person: touchpoints.Person{ID: fmt.Sprint(p)}}
		for i := range rapid.IntRange(0, 6).Draw(t, "touchpoints") {
			one.Touches = append(one.Touches, touchpoints.Touchpoint{
				ID: fmt.Sprint(p, "-", i), Person: one.Person.ID, At: when("at"),
				Kind: rapid.SampledFrom([]touchpoints.Kind{touchpoints.Visit, touchpoints.FormFill, touchpoints.OwnCall}).Draw(t, "kind"),
			})
		}
		people = append(people, one)
	}
	o := touchpoints.Opportunity{CreatedAt: when("created")}
	if rapid.Bool().Draw(t, "closed") {
		o.ClosedAt = when("close")
	}
	for range rapid.IntRange(0, 4).Draw(t, "stages") {
		o.Stages = append(o.Stages, touchpoints.StageEntry{Stage: rapid.SampledFrom([]string{"MQL", "Demo"}).Draw(t, "stage"), At: when("entered")})
	}
	return o.JourneyOf(people, "MQL")
}

// someModel draws one of the models, or a custom one.
func someModel(t *rapid.T) credit.Model {
	models := credit.Models()
	if i := rapid.IntRange(0, len(models)).Draw(t, "model"); i < len(models) {
		return models[i]
	}
	cuts := rapid.SliceOfN(rapid.IntRange(0, 10_000), 6, 6).Draw(t, "weights")
	rest := 10_000
	for i := range cuts {
		cuts[i] = min(cuts[i], rest)
		rest -= cuts[i]
	}
	m, err := credit.Custom(credit.Model{
		FT: cuts[0], LC: cuts[1], OC: cuts[2], Closed: cuts[3], Middle: cuts[4] + rest, Stages: map[string]int{"MQL": cuts[5]},
	})
	require.NoError(t, err)
	return m
}

func TestEveryModelAddsUpToTheWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		j, m := someJourney(t), someModel(t)
		r := m.Divide(j)
		require.Len(t, r.Shares, len(j.Steps))
		amount := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1000, 1000), rapid.Just(int64(math.MinInt64+1))).Draw(t, "amount")
		percent, money := 0, int64(0)
		for i, part := range r.Money(amount) {
			require.GreaterOrEqual(t, r.Shares[i].Credit, 0)
			require.True(t, r.Shares[i].Credit == 0 || len(r.Shares[i].Parts) > 0, "credit has a reason")
			percent += r.Shares[i].Credit
			money += part
		}
		if len(j.Steps) == 0 {
			require.NotEmpty(t, j.Empty)
			return
		}
		require.Equal(t, credit.Whole, percent)
		require.Equal(t, amount, money)
	})
}

// TestVisitsHaveCreditOnlyForAPosition holds that a visit has none for the middle.
func TestVisitsHaveCreditOnlyForAPosition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		j := someJourney(t)
		for i, s := range someModel(t).Divide(j).Shares {
			for _, part := range s.Parts {
				require.True(t, part.Position != "" || j.Steps[i].Touchpoint.Creditable())
			}
		}
	})
}
