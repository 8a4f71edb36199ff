package delivery

import (
	"cmp"
	"slices"
)

// Holding is what a worker holds of the slots of an integration, and how many it could
// use.
type Holding struct{ Slots, Wants int }

// Decide returns what a worker holds from now on, from what the others hold.
type Decide func(others []Holding) Holding

// claim is a worker's claim of slots of an integration.
type claim struct {
	limit int     // of all workers
	busy  int     // slots in use
	own   Holding // before, with what the worker wants now
	part  int     // of the worker, set by decide
}

// decide returns what the worker holds from now on: its part, as far as others have left
// some. What is in use stays, even if it is more than its part.
func (c *claim) decide(others []Holding) Holding {
	free := c.limit
	for _, other := range others {
		free -= other.Slots
	}
	c.part = partOf(c.limit, c.own, others)
	return Holding{Slots: max(c.busy, min(c.part, free)), Wants: c.own.Wants}
}

// partOf returns how many slots one of several workers may have: as many as it wants if
// there are enough for all. Otherwise all have the same part, except those that want
// less. What cannot be divided stays where it is.
func partOf(limit int, own Holding, others []Holding) int {
	all := append(slices.Clone(others), own)
	at := len(all) - 1
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(all[a].Wants, all[b].Wants), cmp.Compare(all[a].Slots, all[b].Slots))
	})
	for i, worker := range order {
		part := min(all[worker].Wants, limit/(len(order)-i))
		if worker == at {
			return part
		}
		limit -= part
	}
	return 0
}
