package cluster

import "time"

// NodeFigures are what a node says of itself. Those that count are since its start.
type NodeFigures struct {
	Sockets  SocketFigures  `json:"sockets"`
	Hub      HubFigures     `json:"hub"`
	Layer    LayerState     `json:"layer"`
	Process  ProcessFigures `json:"process"`
	Clients  []SlowClient   `json:"clients" doc:"The connections that are stuck longest or furthest behind, 20 at most."`
	Channels []ChannelHead  `json:"channels" doc:"The channels with the most subscribers, 20 at most."`
}

// SocketFigures are about connections: WebSockets and event streams.
type SocketFigures struct {
	Connections int            `json:"connections" doc:"Open now, of both kinds."`
	Streams     int            `json:"streams" doc:"Of which are event streams."`
	Users       int            `json:"users" doc:"Users with an open connection."`
	Lagging     int            `json:"lagging" doc:"Connections whose socket takes no more for the moment."`
	QueueBytes  int64          `json:"queue_bytes" doc:"What waits for such sockets."`
	Opened      int64          `json:"opened" doc:"Connections since the start."`
	Frames      int64          `json:"frames" doc:"Events written."`
	Writes      int64          `json:"writes" doc:"System calls that took. Frames by writes is the coalescing factor."`
	Bytes       int64          `json:"bytes" doc:"Of events written."`
	TooSlow     int64          `json:"too_slow" doc:"Connections closed because they took nothing for too long."`
	Silent      int64          `json:"silent" doc:"Connections given up because nothing was heard of them."`
	Refused     []RefusalCount `json:"refused" doc:"Handshakes refused, by reason."`
	Closes      []CloseCount   `json:"closes" doc:"Connections closed, by close code."`
	PassTime    Latency        `json:"pass_time" doc:"Of passes that had events to write."`
	LastWrite   Latency        `json:"last_write" doc:"From a commit until its event was written to the last connection of a loop."`
}

// RefusalCount is how many handshakes were refused for a reason.
type RefusalCount struct {
	Reason string `json:"reason" doc:"draining, full or rate."`
	Count  int64  `json:"count"`
}

// CloseCount is how many connections closed with a code.
type CloseCount struct {
	Code  int   `json:"code" doc:"See docs/protocol.md."`
	Count int64 `json:"count"`
}

// Latency is how long something took, in seconds.
type Latency struct {
	Count   uint64          `json:"count"`
	P50     float64         `json:"p50" doc:"Half of all took at most this long, since the start."`
	P99     float64         `json:"p99" doc:"99 of 100 took at most this long, since the start."`
	Buckets []LatencyBucket `json:"buckets" doc:"Of which the same can be said for any time between two answers."`
}

// LatencyBucket is how many took at most so long.
type LatencyBucket struct {
	AtMost float64 `json:"at_most" doc:"Seconds."`
	Count  uint64  `json:"count" doc:"Those of the shorter buckets are among them."`
}

// HubFigures are about channels and subscriptions.
type HubFigures struct {
	Channels       int   `json:"channels" doc:"Channels whose newest events are in memory."`
	Subscriptions  int64 `json:"subscriptions" doc:"Open now."`
	Published      int64 `json:"published" doc:"Events from this node."`
	Accepted       int64 `json:"accepted" doc:"Events that moved a head."`
	Duplicates     int64 `json:"duplicates" doc:"Events that had been seen."`
	Held           int64 `json:"held" doc:"Events that waited for those before them."`
	Filled         int64 `json:"filled" doc:"Events read from the log to fill a gap."`
	PulledFromRing int64 `json:"pulled_from_ring" doc:"Given to subscribers from memory."`
	PulledFromLog  int64 `json:"pulled_from_log" doc:"Given to subscribers from the log."`
	Resets         int64 `json:"resets" doc:"Subscriptions that had to start over."`
	Healed         int64 `json:"healed" doc:"Channels that a comparison with the log found behind."`
	Rewound        int64 `json:"rewound" doc:"And ahead of it: the log had lost events."`
}

// LayerState is how the channel layer of a node is doing.
type LayerState struct {
	Kind      string    `json:"kind" doc:"memory or redis."`
	Connected bool      `json:"connected" doc:"false while live updates of other nodes come late."`
	Since     time.Time `json:"since" doc:"When that last changed."`
	Dropped   int64     `json:"dropped" doc:"Hints that were never sent."`
	LastError string    `json:"last_error" doc:"Why it is not connected."`
}

// ProcessFigures are about the process. What its system does not tell is 0.
type ProcessFigures struct {
	Goroutines     int   `json:"goroutines"`
	HeapBytes      int64 `json:"heap_bytes" doc:"Memory in use by Go objects."`
	RSSBytes       int64 `json:"rss_bytes" doc:"Memory that the process holds."`
	Descriptors    int64 `json:"descriptors" doc:"Open files and sockets."`
	MaxDescriptors int64 `json:"max_descriptors" doc:"How many there may be."`
}

// SlowClient is one connection.
type SlowClient struct {
	ID         int64     `json:"id" doc:"On its node."`
	UserID     string    `json:"user_id" format:"uuid"`
	UserName   string    `json:"user_name" doc:"First and last name, or the email."`
	UserEmail  string    `json:"user_email"`
	SessionID  string    `json:"session_id" format:"uuid" doc:"The sign-in whose connection it is."`
	Own        bool      `json:"own" doc:"Whether that is the sign-in of whoever asks."`
	Address    string    `json:"address" doc:"Of the other end: the proxy's, if there is one."`
	Kind       string    `json:"kind" doc:"websocket or stream."`
	Channels   []string  `json:"channels" doc:"Followed."`
	OpenedAt   time.Time `json:"opened_at"`
	HeardAt    time.Time `json:"heard_at" doc:"The last sign of life."`
	Behind     int64     `json:"behind" doc:"Events that wait for it, over all its channels."`
	StuckFor   float64   `json:"stuck_for" doc:"Seconds since its socket took anything, if it takes no more."`
	QueueBytes int64     `json:"queue_bytes" doc:"What waits for its socket."`
}

// ChannelHead is a channel on a node.
type ChannelHead struct {
	Name        string `json:"name" example:"dashboard"`
	UserID      string `json:"user_id" doc:"Whose inbox it is; empty if it is none."`
	BusinessID  string `json:"business_id" doc:"Whose channel it is, if a business's; else empty."`
	About       string `json:"about" doc:"Whose it is: the name of a business or a person. Empty if it is nobody's."`
	Head        int64  `json:"head" doc:"The newest sequence that the node knows."`
	Subscribers int    `json:"subscribers"`
	RingEvents  int    `json:"ring_events" doc:"Events in memory."`
	RingBytes   int64  `json:"ring_bytes" doc:"Their size."`
}

// complete makes what a node of another version left out empty, where null is not expected.
func (f *NodeFigures) complete() {
	if f.Sockets.Refused == nil {
		f.Sockets.Refused = []RefusalCount{}
	}
	if f.Sockets.Closes == nil {
		f.Sockets.Closes = []CloseCount{}
	}
	for _, l := range []*Latency{&f.Sockets.PassTime, &f.Sockets.LastWrite} {
		if l.Buckets == nil {
			l.Buckets = []LatencyBucket{}
		}
	}
	if f.Clients == nil {
		f.Clients = []SlowClient{}
	}
	for i := range f.Clients {
		if f.Clients[i].Channels == nil {
			f.Clients[i].Channels = []string{}
		}
	}
	if f.Channels == nil {
		f.Channels = []ChannelHead{}
	}
}

// Quantile gives the time within which that part of them was done, from 0 to 1: within a bucket all times are
// taken for equally likely. Past the longest bucket it is that bucket's end, and of none it is 0.
func Quantile(buckets []LatencyBucket, count uint64, part float64) float64 {
	rank := part * float64(count)
	var below LatencyBucket
	for _, b := range buckets {
		if float64(b.Count) >= rank && b.Count > below.Count {
			within := (rank - float64(below.Count)) / float64(b.Count-below.Count)
			return below.AtMost + within*(b.AtMost-below.AtMost)
		}
		below = b
	}
	if count == 0 {
		return 0
	}
	return below.AtMost
}
