package temporalite

import (
	"net/netip"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/membership/static"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/common/testing/freeport"
)

const (
	clusterName = "active"
	// clusterID is fixed, so that a data file keeps its cluster over restarts.
	clusterID = "6e3f4d0c-6b1d-4c0e-9c39-5d3f4a9c7a10"
	loopback  = "127.0.0.1"
)

// serverConfig describes a cluster of one process: four services that talk
// over loopback, and one SQLite database for histories and visibility.
func serverConfig(frontend netip.AddrPort, database *config.SQL, shards int) *config.Config {
	frontendURL := dialAddress(frontend)
	return &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     sqliteplugin.PluginName,
			VisibilityStore:  sqliteplugin.PluginName,
			NumHistoryShards: int32(shards),
			DataStores:       map[string]config.DataStore{sqliteplugin.PluginName: {SQL: database}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontendURL, ClusterID: clusterID},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services: map[string]config.Service{
			string(primitives.FrontendService): service(frontend.Addr().String(), int(frontend.Port())),
			string(primitives.HistoryService):  service(loopback, freeport.MustGetFreePort()),
			string(primitives.MatchingService): service(loopback, freeport.MustGetFreePort()),
			string(primitives.WorkerService):   service(loopback, freeport.MustGetFreePort()),
		},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
		}},
		PublicClient: config.PublicClient{HostPort: frontendURL},
	}
}

func service(ip string, port int) config.Service {
	return config.Service{RPC: config.RPC{GRPCPort: port, BindOnIP: ip}}
}

// hosts names each service's address, in place of a membership protocol.
func hosts(cfg *config.Config) map[primitives.ServiceName]static.Hosts {
	all := make(map[primitives.ServiceName]static.Hosts, len(cfg.Services))
	for name, service := range cfg.Services {
		listen := netip.AddrPortFrom(netip.MustParseAddr(service.RPC.BindOnIP), uint16(service.RPC.GRPCPort))
		all[primitives.ServiceName(name)] = static.SingleLocalHost(dialAddress(listen))
	}
	return all
}
