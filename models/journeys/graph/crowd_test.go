package graph_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models/journeys/graph"
	"ringback/models/modeltest"
	"ringback/models/visitors"
)

// crowds are the ways in which very many share something: the rows of a table become many. Each
// returns a node of what is shared.
var crowds = map[string]func(t *testing.T, p place, many int) graph.Node{
	"calls of a number": func(t *testing.T, p place, many int) graph.Node {
		t.Helper()
		modeltest.Multiply(t, modeltest.SQL(t, p.dsn), "conversions", p.call, many, map[string]string{"external_id": "'many-' || n", "workflow_id": "'many-' || n", "session_id": "''"})
		return graph.NodeOf(graph.KindConversion, p.call)
	},
	"calls in a visit": func(t *testing.T, p place, many int) graph.Node {
		t.Helper()
		modeltest.Multiply(t, modeltest.SQL(t, p.dsn), "conversions", p.call, many, map[string]string{"external_id": "'many-' || n", "workflow_id": "'many-' || n", "person": "''", "phone": "''"})
		return graph.NodeOf(graph.KindVisitor, anns)
	},
	"visits of a browser": func(t *testing.T, p place, many int) graph.Node {
		t.Helper()
		modeltest.Multiply(t, modeltest.SQL(t, p.dsn), "sessions", p.session, many, nil)
		first := p.Write(t.Context()).Model(&visitors.Session{}).Where("id = ?", p.session).Update("started_at", modeltest.Start.Add(-time.Hour))
		require.NoError(t, first.Error)
		return graph.NodeOf(graph.KindVisitor, anns)
	},
	"Tasks of a contact": func(t *testing.T, p place, many int) graph.Node {
		t.Helper()
		modeltest.Multiply(t, modeltest.SQL(t, p.dsn), "crm_tasks", p.task, many, map[string]string{"external_id": "'00T' || n"})
		return graph.NodeOf(graph.KindPerson, "00Q")
	},
}

// TestM8_APartOfAHugeCrowdIsLoaded has more of everything than a statement of the database has
// parameters, and the usual limits.
func TestM8_APartOfAHugeCrowdIsLoaded(t *testing.T) {
	t.Parallel()
	for name, crowd := range crowds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachPlace(t, func(t *testing.T, p place) {
				parameters := 65_535
				if strings.HasPrefix(p.dsn, "sqlite:") {
					parameters = 32_766
				}
				shared := crowd(t, p, parameters+1)
				g := p.group(t, graph.UsualLimits, shared)
				require.True(t, g.IsPart())
				require.False(t, g.IsBroken())
				require.LessOrEqual(t, g.Size(), graph.UsualLimits.Nodes)
				require.True(t, g.HasSession(p.session), "what was first is in it")
			})
		})
	}
}
