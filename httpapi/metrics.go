package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/fadedistrict/fade/realtime/channel"
	"github.com/fadedistrict/fade/realtime/hub"
	"github.com/fadedistrict/fade/realtime/ws"
)

// metrics are what Prometheus reads at /metrics.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(a *API) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "fade_http_request_duration_seconds", Help: "Requests by route, method and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route", "method", "status"}),
	}
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		engineMetrics(a.o.Hub, a.o.Sockets, a.o.Layer))
	return m
}

// request counts a request that is over. The route is its pattern, so that ids do not become labels.
func (m *metrics) request(route, method string, status int, took time.Duration) {
	if route == "" || route == "/*" {
		route = "other"
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		method = "other" // a stranger may send any word
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// engine reads the figures of the engine when Prometheus asks for them.
type engine struct {
	hub     *hub.Hub
	sockets *ws.Server
	layer   channel.Layer

	figures   []figure
	closes    *prometheus.Desc
	connected *prometheus.Desc
}

type figure struct {
	description *prometheus.Desc
	kind        prometheus.ValueType
	value       func(reading) float64
}

type reading struct {
	hub     hub.Stats
	sockets ws.Stats
	layer   channel.State
}

func engineMetrics(h *hub.Hub, sockets *ws.Server, layer channel.Layer) *engine {
	e := &engine{hub: h, sockets: sockets, layer: layer}
	e.closes = prometheus.NewDesc("fade_ws_closes_total", "Connections that the server closed, by close code.", []string{"code"}, nil)
	e.connected = prometheus.NewDesc("fade_channel_layer_connected", "1 while the channel layer brings the messages of other nodes.", []string{"kind"}, nil)
	add := func(name, help string, kind prometheus.ValueType, value func(reading) float64) {
		e.figures = append(e.figures, figure{prometheus.NewDesc("fade_"+name, help, nil, nil), kind, value})
	}
	const now, total = prometheus.GaugeValue, prometheus.CounterValue
	add("ws_connections", "Open connections.", now, func(r reading) float64 { return float64(r.sockets.Connections) })
	add("ws_users", "Users with an open connection.", now, func(r reading) float64 { return float64(r.sockets.Users) })
	add("ws_lagging", "Connections with something to write right now.", now, func(r reading) float64 { return float64(r.sockets.Lagging) })
	add("ws_opened_total", "Connections since the start.", total, func(r reading) float64 { return float64(r.sockets.Opened) })
	add("ws_received_total", "Messages of clients.", total, func(r reading) float64 { return float64(r.sockets.Received) })
	add("ws_frames_total", "Frames written.", total, func(r reading) float64 { return float64(r.sockets.Frames) })
	add("ws_passes_total", "System calls that the frames took.", total, func(r reading) float64 { return float64(r.sockets.Passes) })
	add("ws_silent_total", "Connections given up because nothing was heard of them.", total, func(r reading) float64 { return float64(r.sockets.Silent) })
	add("ws_too_slow_total", "Connections closed because they could not keep up.", total, func(r reading) float64 { return float64(r.sockets.TooSlow) })
	add("hub_channels", "Channels whose newest frames are in memory.", now, func(r reading) float64 { return float64(r.hub.ActiveChannels) })
	add("hub_subscriptions", "Open subscriptions.", now, func(r reading) float64 { return float64(r.hub.Subscriptions) })
	add("hub_published_total", "Events from this process.", total, func(r reading) float64 { return float64(r.hub.Published) })
	add("hub_accepted_total", "Events that moved a head.", total, func(r reading) float64 { return float64(r.hub.Accepted) })
	add("hub_duplicates_total", "Events that had been seen.", total, func(r reading) float64 { return float64(r.hub.Duplicates) })
	add("hub_held_total", "Events that waited for those before them.", total, func(r reading) float64 { return float64(r.hub.Held) })
	add("hub_filled_total", "Events that a gap made the hub read from the log.", total, func(r reading) float64 { return float64(r.hub.Filled) })
	add("hub_pulled_ring_total", "Frames given to subscribers from memory.", total, func(r reading) float64 { return float64(r.hub.PulledFromRing) })
	add("hub_pulled_log_total", "Frames given to subscribers from the log.", total, func(r reading) float64 { return float64(r.hub.PulledFromLog) })
	add("hub_resets_total", "Subscriptions that had to start over.", total, func(r reading) float64 { return float64(r.hub.Resets) })
	add("hub_healed_total", "Channels that a comparison with the log found behind.", total, func(r reading) float64 { return float64(r.hub.Healed) })
	add("channel_layer_dropped_total", "Messages that the layer never sent.", total, func(r reading) float64 { return float64(r.layer.Dropped) })
	return e
}

// Describe implements [prometheus.Collector].
func (e *engine) Describe(descriptions chan<- *prometheus.Desc) {
	for _, f := range e.figures {
		descriptions <- f.description
	}
	descriptions <- e.closes
	descriptions <- e.connected
}

// Collect implements [prometheus.Collector].
func (e *engine) Collect(values chan<- prometheus.Metric) {
	r := reading{e.hub.Stats(), e.sockets.Stats(), e.layer.State()}
	for _, f := range e.figures {
		values <- prometheus.MustNewConstMetric(f.description, f.kind, f.value(r))
	}
	for code, n := range r.sockets.Closes {
		values <- prometheus.MustNewConstMetric(e.closes, prometheus.CounterValue, float64(n), strconv.Itoa(int(code)))
	}
	connected := 0.0
	if r.layer.Connected {
		connected = 1
	}
	values <- prometheus.MustNewConstMetric(e.connected, prometheus.GaugeValue, connected, r.layer.Kind)
}
