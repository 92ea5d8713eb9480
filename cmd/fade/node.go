package main

import (
	"maps"
	"math"
	"net"
	"os"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/cluster"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/realtime/channel"
	"github.com/fadedistrict/fade/realtime/hub"
	"github.com/fadedistrict/fade/realtime/transport"
)

// How many clients and channels a node tells of.
const (
	slowClients  = 20
	busyChannels = 20
)

// reporter keeps the row of a server that listens there.
func (s *server) reporter(address net.Addr) cluster.Reporter {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "unnamed"
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	return cluster.Reporter{
		Store: s.store.Cluster(), Logger: s.logger, Now: time.Now, Figures: s.figures,
		Node: cluster.Node{ID: fade.NewID(now), Name: host, Address: address.String(), Version: version, StartedAt: now},
	}
}

// figures are what the server says of itself.
func (s *server) figures() cluster.NodeFigures {
	return cluster.NodeFigures{
		Sockets: socketFigures(s.sockets.Stats()), Hub: hubFigures(s.hub.Stats()), Layer: layerState(s.layer.State()),
		Process: processFigures(), Clients: clientsOf(s.sockets.Slowest(slowClients)), Channels: channelsOf(s.hub.Channels(busyChannels)),
	}
}

func socketFigures(s transport.Stats) cluster.SocketFigures {
	f := cluster.SocketFigures{
		Connections: s.Connections, Streams: s.Streams, Users: s.Users, Lagging: s.Lagging, QueueBytes: s.QueueBytes,
		Opened: s.Opened, Frames: s.Frames, Writes: s.Writes, Bytes: s.Bytes, TooSlow: s.TooSlow, Silent: s.Silent,
		PassTime: latency(s.PassTime), LastWrite: latency(s.LastWrite),
	}
	for _, reason := range slices.Sorted(maps.Keys(s.Refused)) {
		f.Refused = append(f.Refused, cluster.RefusalCount{Reason: reason, Count: s.Refused[reason]})
	}
	for _, code := range slices.Sorted(maps.Keys(s.Closes)) {
		f.Closes = append(f.Closes, cluster.CloseCount{Code: int(code), Count: s.Closes[code]})
	}
	return f
}

func latency(d transport.Distribution) cluster.Latency {
	l := cluster.Latency{Count: d.Count, Buckets: make([]cluster.LatencyBucket, 0, len(d.AtMost))}
	for _, bound := range slices.Sorted(maps.Keys(d.AtMost)) {
		l.Buckets = append(l.Buckets, cluster.LatencyBucket{AtMost: bound.Seconds(), Count: d.AtMost[bound]})
	}
	l.P50, l.P99 = cluster.Quantile(l.Buckets, l.Count, .5), cluster.Quantile(l.Buckets, l.Count, .99)
	return l
}

func hubFigures(s hub.Stats) cluster.HubFigures {
	return cluster.HubFigures{
		Channels: s.ActiveChannels, Subscriptions: s.Subscriptions, Published: s.Published, Accepted: s.Accepted,
		Duplicates: s.Duplicates, Held: s.Held, Filled: s.Filled, PulledFromRing: s.PulledFromRing, PulledFromLog: s.PulledFromLog,
		Resets: s.Resets, Healed: s.Healed, Rewound: s.Rewound,
	}
}

func layerState(s channel.State) cluster.LayerState {
	return cluster.LayerState{Kind: s.Kind, Connected: s.Connected, Since: s.Since.UTC(), Dropped: s.Dropped, LastError: s.LastError}
}

func clientsOf(clients []transport.Client) []cluster.SlowClient {
	slow := make([]cluster.SlowClient, len(clients))
	for i, c := range clients {
		slow[i] = cluster.SlowClient{
			ID: c.ID, UserID: c.User, SessionID: c.Session, Address: c.Address, Kind: c.Kind, Channels: c.Channels,
			OpenedAt: c.Opened.UTC(), HeardAt: c.Heard.UTC(), Behind: c.Behind, StuckFor: c.StuckFor.Seconds(), QueueBytes: int64(c.QueueBytes),
		}
	}
	return slow
}

func channelsOf(states []hub.ChannelState) []cluster.ChannelHead {
	heads := make([]cluster.ChannelHead, len(states))
	for i, s := range states {
		heads[i] = cluster.ChannelHead{
			Name: s.Name, Head: s.Head, Subscribers: s.Subscribers, RingEvents: s.RingEvents, RingBytes: int64(s.RingBytes),
		}
		heads[i].UserID, _ = live.UserOf(s.Name)
		business, ok := live.BusinessOf(s.Name)
		if !ok {
			business, _ = live.SlotsOf(s.Name)
		}
		heads[i].BusinessID = business
	}
	return heads
}

// processFigures asks the runtime, without stopping it, and the system; what Linux tells below /proc others do not.
func processFigures() cluster.ProcessFigures {
	f := cluster.ProcessFigures{Goroutines: runtime.NumGoroutine()}
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(heap)
	if heap[0].Value.Kind() == metrics.KindUint64 {
		f.HeapBytes = int64(heap[0].Value.Uint64())
	}
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		if fields := strings.Fields(string(text)); len(fields) > 1 {
			pages, _ := strconv.ParseInt(fields[1], 10, 64)
			f.RSSBytes = pages * int64(os.Getpagesize())
		}
	}
	f.Descriptors = openDescriptors()
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) == nil {
		f.MaxDescriptors = int64(min(limit.Cur, math.MaxInt64))
	}
	return f
}

// openDescriptors counts them. Since Linux 6.2 the size of the folder is their number; before, it is 0, and
// they are counted one by one.
func openDescriptors() int64 {
	const folder = "/proc/self/fd"
	if info, err := os.Stat(folder); err == nil && info.Size() > 0 {
		return info.Size()
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return 0
	}
	return int64(len(entries)) - 1 // one is the folder's own
}
