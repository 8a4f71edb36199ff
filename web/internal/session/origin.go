package session

import (
	"net/http"

	"ringback/internal/fault"
)

// CheckOrigin returns fault.Forbidden for a request that changes something and that a
// browser sent from a page of another site.
func CheckOrigin(r *http.Request) error {
	if http.NewCrossOriginProtection().Check(r) != nil {
		return fault.New(fault.Forbidden, "form_of_other_site")
	}
	return nil
}
