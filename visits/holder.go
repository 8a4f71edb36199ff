package visits

import (
	"time"

	"ringback/conversion"
)

const (
	// NumberGrace is how long after losing a number a session may still be the one
	// whose visitor calls it: the visitor has dialled what the page showed.
	NumberGrace = 30 * time.Minute
	// ReleasedReach is how long after a session lost a number a call to it is still
	// taken to be its visitor's, when nobody else has had it since.
	ReleasedReach = 24 * time.Hour
)

// Holder says whose session a call to a number means, and how sure that is.
type Holder struct {
	Hold       Hold
	Certainty  conversion.NumberCertainty
	Ambiguous  bool // another session had the number within NumberGrace before
	Candidates int  // sessions in question, this one included
}

// HolderAt finds whose session a call at this time means, by all the holds of
// the called number. The order of the holds does not matter.
func HolderAt(holds []Hold, at time.Time) (Holder, bool) { return Holder{}, false }
