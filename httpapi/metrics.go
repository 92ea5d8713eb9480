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
	"github.com/fadedistrict/fade/realtime/transport"
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
		engineMetrics(a.o.Hub, a.o.Sockets, a.o.Layer), deliveryMetrics(a))
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
	sockets *transport.Server
	layer   channel.Layer

	figures   []figure
	closes    *prometheus.Desc
	refused   *prometheus.Desc
	passTime  *prometheus.Desc
	lastWrite *prometheus.Desc
	connected *prometheus.Desc
}

type figure struct {
	description *prometheus.Desc
	kind        prometheus.ValueType
	value       func(reading) float64
}

type reading struct {
	hub     hub.Stats
	sockets transport.Stats
	layer   channel.State
}

func engineMetrics(h *hub.Hub, sockets *transport.Server, layer channel.Layer) *engine {
	e := &engine{hub: h, sockets: sockets, layer: layer}
	e.closes = prometheus.NewDesc("fade_ws_closes_total", "Connections that the server closed, by close code.", []string{"code"}, nil)
	e.refused = prometheus.NewDesc("fade_ws_refused_total", "Handshakes refused, by reason.", []string{"reason"}, nil)
	e.passTime = prometheus.NewDesc("fade_ws_pass_seconds", "Passes of a loop that had events to write.", nil, nil)
	e.lastWrite = prometheus.NewDesc("fade_ws_commit_to_last_write_seconds", "From a commit until a loop has written its event to the last of its connections.", nil, nil)
	e.connected = prometheus.NewDesc("fade_channel_layer_connected", "1 while the channel layer brings the messages of other nodes.", []string{"kind"}, nil)
	add := func(name, help string, kind prometheus.ValueType, value func(reading) float64) {
		e.figures = append(e.figures, figure{prometheus.NewDesc("fade_"+name, help, nil, nil), kind, value})
	}
	const now, total = prometheus.GaugeValue, prometheus.CounterValue
	add("ws_connections", "Open connections.", now, func(r reading) float64 { return float64(r.sockets.Connections) })
	add("ws_users", "Users with an open connection.", now, func(r reading) float64 { return float64(r.sockets.Users) })
	add("ws_streams", "Open connections that are event streams.", now, func(r reading) float64 { return float64(r.sockets.Streams) })
	add("ws_lagging", "Connections whose socket takes no more for the moment.", now, func(r reading) float64 { return float64(r.sockets.Lagging) })
	add("ws_queue_bytes", "Bytes that wait for such sockets, beside events, which wait in the ring and the log.", now, func(r reading) float64 { return float64(r.sockets.QueueBytes) })
	add("ws_opened_total", "Connections since the start.", total, func(r reading) float64 { return float64(r.sockets.Opened) })
	add("ws_received_total", "Messages of clients.", total, func(r reading) float64 { return float64(r.sockets.Received) })
	add("ws_frames_total", "Events written to connections.", total, func(r reading) float64 { return float64(r.sockets.Frames) })
	add("ws_bytes_total", "Bytes of such events.", total, func(r reading) float64 { return float64(r.sockets.Bytes) })
	add("ws_writes_total", "System calls that the writing took.", total, func(r reading) float64 { return float64(r.sockets.Writes) })
	add("ws_coalescing_factor", "Events written with one system call, on average since the start.", now, func(r reading) float64 {
		return float64(r.sockets.Frames) / float64(max(r.sockets.Writes, 1))
	})
	add("ws_silent_total", "Connections given up because nothing was heard of them.", total, func(r reading) float64 { return float64(r.sockets.Silent) })
	add("ws_too_slow_total", "Connections closed because they took nothing of what was to be written.", total, func(r reading) float64 { return float64(r.sockets.TooSlow) })
	add("ws_signals_total", "Messages without a sequence, such as that somebody types, brought to a connection each.", total, func(r reading) float64 { return float64(r.sockets.Signals) })
	add("ws_signals_dropped_total", "Of these, not brought because a connection was behind.", total, func(r reading) float64 { return float64(r.sockets.Dropped) })
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
	add("hub_rewound_total", "Channels of which the log had lost events that were delivered.", total, func(r reading) float64 { return float64(r.hub.Rewound) })
	add("hub_head_checks_total", "Comparisons of heads with the log.", total, func(r reading) float64 { return float64(r.hub.HeadChecks) })
	add("channel_layer_dropped_total", "Messages that the layer never sent.", total, func(r reading) float64 { return float64(r.layer.Dropped) })
	return e
}

// Describe implements [prometheus.Collector].
func (e *engine) Describe(descriptions chan<- *prometheus.Desc) {
	for _, f := range e.figures {
		descriptions <- f.description
	}
	descriptions <- e.closes
	descriptions <- e.refused
	descriptions <- e.passTime
	descriptions <- e.lastWrite
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
	for reason, n := range r.sockets.Refused {
		values <- prometheus.MustNewConstMetric(e.refused, prometheus.CounterValue, float64(n), reason)
	}
	values <- histogramOf(e.passTime, r.sockets.PassTime)
	values <- histogramOf(e.lastWrite, r.sockets.LastWrite)
	connected := 0.0
	if r.layer.Connected {
		connected = 1
	}
	values <- prometheus.MustNewConstMetric(e.connected, prometheus.GaugeValue, connected, r.layer.Kind)
}

func histogramOf(description *prometheus.Desc, d transport.Distribution) prometheus.Metric {
	buckets := make(map[float64]uint64, len(d.AtMost))
	for bound, n := range d.AtMost {
		buckets[bound.Seconds()] = n
	}
	return prometheus.MustNewConstHistogram(description, d.Count, d.Sum.Seconds(), buckets)
}
