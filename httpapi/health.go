package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"runtime"
	"time"

	"github.com/fadedistrict/fade"
)

// probeTimeout bounds how long the database may take to answer a probe.
const probeTimeout = 2 * time.Second

func (a *API) healthRoutes() {
	add(a, operation{id: "health", method: http.MethodGet, path: "/api/health/", access: tokenless, tag: "health",
		summary: "How the server is doing", about: "Answers with 200 as long as the process is alive; the checks say what is not well."}, a.health)
	a.router.Get("/readyz", a.ready)
	a.router.Get("/readyz/", a.ready)
	a.router.Method(http.MethodGet, "/metrics", a.metrics.handler())
}

// Health is how the server is doing.
type Health struct {
	Status    string           `json:"status" enum:"ok,degraded,down" doc:"degraded if live updates may come late; down if the database does not answer."`
	Version   string           `json:"version"`
	GoVersion string           `json:"go_version"`
	StartedAt time.Time        `json:"started_at"`
	Draining  bool             `json:"draining" doc:"Whether the server is about to stop."`
	Checks    map[string]Check `json:"checks" doc:"What the server depends on: database, channel_layer, pages."`
}

// Check is how one thing is doing.
type Check struct {
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
}

func (a *API) health(ctx context.Context, _ *struct{}) (*one[Health], error) {
	h := a.check(ctx)
	return &one[Health]{h}, nil
}

func (a *API) check(ctx context.Context) Health {
	h := Health{
		Status: "ok", Version: a.o.Version, GoVersion: runtime.Version(), StartedAt: a.started.UTC().Truncate(time.Millisecond),
		Draining: a.draining.Load(), Checks: map[string]Check{},
	}
	layer := a.o.Layer.State()
	h.Checks["channel_layer"] = Check{OK: layer.Connected, Detail: layer.Kind}
	if !layer.Connected {
		h.Status = "degraded"
		h.Checks["channel_layer"] = Check{Detail: layer.Kind + " is not connected: live updates from other nodes come late"}
	}
	h.Checks["pages"] = Check{OK: a.pagesBuilt()}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if err := a.o.Database.Ping(ctx); err != nil {
		a.o.Logger.WarnContext(ctx, "the database does not answer", "error", err)
		h.Status = "down"
		h.Checks["database"] = Check{Detail: "does not answer"}
	} else {
		h.Checks["database"] = Check{OK: true}
	}
	return h
}

// ready tells whether requests should come here. A channel layer that is away is no reason against it: the
// log has everything.
func (a *API) ready(w http.ResponseWriter, r *http.Request) {
	h := a.check(r.Context())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if h.Draining || !h.Checks["database"].OK {
		newProblem(fade.CodeUnavailable, "").setHeaders(w.Header())
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(h)
}
