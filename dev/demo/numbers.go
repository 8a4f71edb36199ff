package demo

import (
	"context"
	"net/http"

	"ringback/dev/shop"
)

// The shop's phone numbers, all from a range that is reserved for examples.
const (
	shopNumber       = shop.Number
	newsletterNumber = "+12025550150" // the same for all visitors from the newsletter
)

// poolNumbers are the numbers of the pool: each visit gets one.
var poolNumbers = []string{
	"+12025550141", "+12025550142", "+12025550143", "+12025550144", "+12025550145",
	"+12025550146", "+12025550147", "+12025550148", "+12025550149",
}

// addNumbers creates the newsletter's number, and the pool for all other visits.
func (s *Shop) addNumbers(ctx context.Context, api API) error {
	err := api.do(ctx, http.MethodPost, s.path("/numbers"), object{
		"number": newsletterNumber, "name": "Newsletter", "replaces": []string{shopNumber},
		"shown_to": object{"field": "medium", "operator": "equals", "values": []string{"email"}},
		"traffic":  object{"source": "newsletter", "medium": "email"}, "tags": []string{"newsletter"},
	}, nil)
	if err != nil {
		return err
	}
	var pool created
	err = api.do(ctx, http.MethodPost, s.path("/pools"), object{
		"name": "Web site", "position": 1, "replaces": []string{shopNumber}, "hold_minutes": 30,
	}, &pool)
	if err != nil {
		return err
	}
	s.PoolID = pool.ID
	return api.do(ctx, http.MethodPost, s.path("/pools/"+pool.ID+"/numbers"), object{"numbers": poolNumbers}, nil)
}
