package app

import (
	"context"
	"encoding/json"
	"net/http"
)

// opsHandler serves /metrics, /healthz (the process is alive) and /readyz (it can do
// its work) for monitoring. It has no authentication and shows why something is
// down, so it is served on an address of its own.
func opsHandler(metrics http.Handler, report func(context.Context) Report) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "alive"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		answer := report(r.Context())
		status := http.StatusOK
		if !answer.Ready() {
			status = http.StatusServiceUnavailable
		}
		writeJSON(w, status, answer)
	})
	return mux
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
