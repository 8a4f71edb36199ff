package temporalite

import (
	"time"

	"go.temporal.io/server/common/dynamicconfig"
)

// pollsPerSecond is how often each shard may look for new tasks. The server's
// default of 20 makes every hop between workflow and activity wait up to 50 ms.
const pollsPerSecond = 2000

// tuning is the server's dynamic configuration: settings with which one
// process on one SQLite file answers fast, and those that the service relies on.
func tuning() dynamicconfig.StaticClient {
	return dynamicconfig.StaticClient{
		dynamicconfig.TransferProcessorMaxPollRPS.Key():   pollsPerSecond,
		dynamicconfig.TimerProcessorMaxPollRPS.Key():      pollsPerSecond,
		dynamicconfig.VisibilityProcessorMaxPollRPS.Key(): pollsPerSecond,
		dynamicconfig.OutboundProcessorMaxPollRPS.Key():   pollsPerSecond,

		// These limits protect a shared database. This one is not shared.
		dynamicconfig.FrontendPersistenceMaxQPS.Key():                    10_000,
		dynamicconfig.MatchingPersistenceMaxQPS.Key():                    10_000,
		dynamicconfig.HistoryPersistenceMaxQPS.Key():                     45_000,
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 100,

		// Fairness keys are ignored without it, and so are the limits per key.
		dynamicconfig.MatchingEnableFairness.Key(): true,
		// A limit per key holds within a partition. One carries more than one process can send.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,

		// A search attribute can be used as soon as it is registered.
		dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key(): true,

		// If two notifications come at once, the server drops one, and a client that waits
		// for the end of a workflow gets it only with its next poll: after 20 s by default.
		dynamicconfig.HistoryLongPollExpirationInterval.Key(): 2 * time.Second,

		dynamicconfig.HistoryCacheHostLevelMaxSize.Key(): 8096, // entries; the default is for a cluster
	}
}
