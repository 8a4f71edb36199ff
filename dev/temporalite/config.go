package temporalite

import (
	"net/netip"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"

	"ringback/dev/listen"
)

// The names of the databases in the configuration.
const mainStore, visibilityStore = "main", "visibility"

const (
	clusterName = "active"
	// clusterID is fixed, so that a data file keeps its cluster over restarts.
	clusterID = "6e3f4d0c-6b1d-4c0e-9c39-5d3f4a9c7a10"
)

// serverConfig returns the settings of a cluster in one process: four services that
// communicate over loopback, and a store.
func serverConfig(frontend netip.AddrPort, store Store, shards int) (*config.Config, error) {
	services, err := services(frontend)
	if err != nil {
		return nil, err
	}
	frontendURL := listen.Reach(frontend)
	return &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     mainStore,
			VisibilityStore:  visibilityStore,
			NumHistoryShards: int32(shards),
			DataStores:       map[string]config.DataStore{mainStore: {SQL: store.Main}, visibilityStore: {SQL: store.Visibility}},
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
		Services:            services,
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
		}},
		PublicClient: config.PublicClient{HostPort: frontendURL},
	}, nil
}

// services returns the address of each service. Only this process uses those of the
// services other than the frontend.
func services(frontend netip.AddrPort) (map[string]config.Service, error) {
	all := map[string]config.Service{string(primitives.FrontendService): service(frontend)}
	for _, name := range []primitives.ServiceName{primitives.HistoryService, primitives.MatchingService, primitives.WorkerService} {
		port, err := listen.FreePort()
		if err != nil {
			return nil, err
		}
		all[string(name)] = service(netip.AddrPortFrom(listen.Loopback, uint16(port)))
	}
	return all, nil
}

func service(address netip.AddrPort) config.Service {
	return config.Service{RPC: config.RPC{GRPCPort: int(address.Port()), BindOnIP: address.Addr().String()}}
}

// hosts returns the addresses of the services. It replaces a membership protocol.
func hosts(cfg *config.Config) map[primitives.ServiceName]static.Hosts {
	all := make(map[primitives.ServiceName]static.Hosts, len(cfg.Services))
	for name, service := range cfg.Services {
		address := netip.AddrPortFrom(netip.MustParseAddr(service.RPC.BindOnIP), uint16(service.RPC.GRPCPort))
		all[primitives.ServiceName(name)] = static.SingleLocalHost(listen.Reach(address))
	}
	return all
}
