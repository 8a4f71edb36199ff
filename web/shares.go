package web

import (
	"math"
	"runtime"
	"time"

	"ringback/web/internal/turns"
	"ringback/web/internal/viewing"
)

// What a site that reports much at once, such as an import, is left with while other sites
// report: a small part of the processors (G6). Its requests are never refused for that.
const (
	reportsBurst    = 4                      // so many reports of a site at once are a burst
	reportsRests    = 4                      // how many times as long as a report took its place rests
	reportsPatience = 500 * time.Millisecond // how long a report waits for its place: a site may also have many at once because all take long
)

// What the file of an import is left with while sites report: a third of a processor.
const filesRests = 2 // how many times as long as a piece took the import rests

// reportTurns returns the turns of reports of calls and leads by their sites, in whichever way
// they come. A site has as many places as come, unless it has to leave room to others.
func reportTurns(o Options) *turns.Turns {
	return turns.New(math.MaxInt32, 0).Yielding(o.Clock, turns.Yield{
		Bursts: o.Bursts, Burst: reportsBurst, Sends: true,
		Places: max(1, runtime.GOMAXPROCS(0)/2), Rests: reportsRests, Patience: reportsPatience,
		HeldBack: func() { o.Metrics.RequestHeldBack("reports") },
	})
}

// fileTurns returns the turns of the pieces of files, by the sites that import them. Each file is a
// burst.
func fileTurns(o Options) *turns.Turns {
	return turns.New(math.MaxInt32, 0).Yielding(o.Clock, turns.Yield{
		Bursts: o.Bursts, Places: 1, Rests: filesRests, Pieces: true,
		HeldBack: func() { o.Metrics.RequestHeldBack("files") },
	})
}

// maxLarge is how many large requests of one account may wait.
const maxLarge = 32

// largeTurns returns the turns of requests that may read or change very much, by their accounts.
// They use the connections for what is reported, because some of them take longer than a
// query of viewers may.
func largeTurns(o Options) *turns.Turns { return turns.NewShared(o.LargeAtOnce, maxLarge) }

// viewingGuard returns what has requests that read take turns by their accounts.
func viewingGuard(o Options) *viewing.Guard {
	return viewing.NewGuard(viewing.Options{
		PerAccount: o.ViewersPerAccount, Clock: o.Clock, Bursts: o.Bursts,
		HeldBack: func() { o.Metrics.RequestHeldBack("lists") },
	})
}
