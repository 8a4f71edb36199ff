package journeys

import (
	"slices"

	"ringback/internal/ids"
	"ringback/models/journeys/graph"
)

// holdersOf returns what the rows of a group are computed with.
func holdersOf(g *graph.Group) []string {
	var all []string
	for _, visitor := range g.Refs(graph.KindVisitor) {
		all = append(all, visitorHolder(visitor))
	}
	for _, kind := range []graph.Kind{graph.KindConversion, graph.KindTask} {
		for _, id := range g.Refs(kind) {
			all = append(all, callHolder(id))
		}
	}
	slices.Sort(all)
	return all
}

func visitorHolder(visitor string) string { return string(graph.NodeOf(graph.KindVisitor, visitor)) }
func callHolder(id string) string         { return "call/" + id }

// marksOf returns marks of what rows are computed with.
func marksOf(holders []string) []Mark {
	var marks []Mark
	for _, holder := range holders {
		n := graph.Node(holder)
		switch {
		case n.Kind() == graph.KindVisitor:
			marks = append(marks, markOf(n))
		case ids.Is(n.Ref(), ids.Conversion):
			marks = append(marks, Mark{Kind: MarkConversion, Ref: n.Ref()})
		default:
			marks = append(marks, Mark{Kind: MarkTask, Ref: n.Ref()})
		}
	}
	return marks
}
