package models_test

import (
	"slices"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

func numbersOf(attempts []deliveries.Attempt) (numbers []int) {
	for _, a := range attempts {
		numbers = append(numbers, a.Number)
	}
	return numbers
}

func upTo(last, count int) (numbers []int) {
	for n := last - count + 1; n <= last; n++ {
		numbers = append(numbers, n)
	}
	return numbers
}

// A delivery is tried for up to thirty days, and what each attempt sent and got is kept. With
// it, or with its conversion, the last attempts are read. A list has all of them.
func TestOnlyTheLastAttemptsAreReadWithADelivery(t *testing.T) {
	t.Parallel()
	eachDelivery(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock, site websites.Site, id string) {
		const made = 2*deliveries.ShownAttempts + 5
		for range made {
			finish(t, s, id, begin(t, s, id).Number, delivery.ClassUnavailable, deliveries.Retrying, &modeltest.Start)
		}
		d, attempts := storedDelivery(t, s, site, id)
		last := upTo(made, deliveries.ShownAttempts)
		require.Equal(t, last, numbersOf(attempts))
		require.Equal(t, made, d.Attempts)
		detail, err := s.ConversionDetail(t.Context(), site.AccountID, d.ConversionID)
		require.NoError(t, err)
		require.Equal(t, last, numbersOf(detail.Attempts))

		var all []int
		for page := (models.Page{Limit: 7}); ; {
			of, items, next, err := s.Attempts(t.Context(), site.AccountID, id, page)
			require.NoError(t, err)
			require.Equal(t, site.ID, of.SiteID)
			require.Equal(t, "POST", items[0].Request.Method)
			all = append(all, numbersOf(items)...)
			if page.Cursor = next; next == "" {
				break
			}
		}
		slices.Reverse(all)
		require.Equal(t, upTo(made, made), all)

		_, _, _, err = s.Attempts(t.Context(), "acc_other", id, models.Page{})
		requireCode(t, fault.NotFound, err)
		_, _, _, err = s.Attempts(t.Context(), site.AccountID, id, models.Page{Cursor: "bm90IGEgbnVtYmVy"})
		requireCode(t, fault.Invalid, err)
	})
}

// What calls and leads came in may be a megabyte each, and is not read with them.
func TestTheDetailHasNoRawBodies(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		call := modeltest.CallEvent(site, "call-1", started(modeltest.Start))
		call.Raw = []byte(`{"sample":true}`)
		accepted, err := s.AcceptCallEvent(t.Context(), call)
		require.NoError(t, err)
		detail, err := s.ConversionDetail(t.Context(), site.AccountID, accepted.ConversionID)
		require.NoError(t, err)
		require.Len(t, detail.Events, 1)
		require.Empty(t, detail.Events[0].Raw)
	})
}
