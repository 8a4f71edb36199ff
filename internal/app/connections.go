package app

import (
	"context"
	"time"

	"ringback/internal/telemetry"
	"ringback/models"
	"ringback/models/database"
)

// purposes returns what a process with these parts uses the database for. It opens
// connections for these purposes alone. The first is also that of what the process does for
// itself, such as checking its health.
func (p Parts) purposes() []database.Purpose {
	var purposes []database.Purpose
	if p.Web {
		purposes = append(purposes, database.Intake, database.Viewers)
	}
	if p.Worker {
		purposes = append(purposes, database.Workers)
	}
	return append(purposes, database.Relay)
}

// own returns a context for what a process with these parts does for itself.
func (p Parts) own(ctx context.Context) context.Context { return models.For(ctx, p.purposes()[0]) }

// longestView is how long a query may take whose result somebody looks at.
const longestView = 10 * time.Second

func (c Config) pools() models.Pools {
	return models.Pools{
		Intake: c.DatabaseConnections, Relay: c.DatabaseRelay, Workers: c.DatabaseWorkers, Viewers: c.DatabaseViewers,
		Longest: longestView,
	}
}

// poolFlags are the flags that set how many connections each purpose has at most.
var poolFlags = []struct {
	flag    string
	purpose database.Purpose
}{
	{"database-connections", database.Intake},
	{"database-relay", database.Relay},
	{"database-workers", database.Workers},
	{"database-viewers", database.Viewers},
}

// Connections returns how many connections to PostgreSQL a process with these parts opens
// at most.
func (c Config) Connections(parts Parts) int {
	sum := 0
	for _, purpose := range parts.purposes() {
		sum += c.pools().Most(purpose)
	}
	return sum
}

// observeDatabase adds metrics of what waits in the database, of its clock, and of the
// connections that a process with these parts opens.
func (s *Service) observeDatabase(parts Parts) {
	backlog := func(ctx context.Context) (telemetry.Backlog, error) { return s.backlog(parts.own(ctx)) }
	s.registry.MustRegister(telemetry.NewBacklogCollector(backlog, s.deps.Clock, s.log), telemetry.NewPoolsCollector(func() []telemetry.Pool {
		var pools []telemetry.Pool
		for _, p := range s.store.Connections(parts.purposes()...) {
			pools = append(pools, telemetry.Pool{
				Purpose: string(p.Purpose), Most: p.MaxOpenConnections, Open: p.OpenConnections, InUse: p.InUse, Waits: p.WaitCount, Waited: p.WaitDuration,
			})
		}
		return pools
	}, s.clock.Offset))
}
