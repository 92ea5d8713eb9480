package load

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Protocol says what is spoken on a connection.
type Protocol uint8

// The protocols. All but Stream are WebSocket with text frames.
const (
	Plain      Protocol = iota // every frame is an event with "n"
	Fade                       // docs/protocol.md
	SocketIO                   // Socket.IO 5 over Engine.IO 4
	Centrifuge                 // Centrifuge's JSON protocol; the client subscribes to the channel "bench"
	Stream                     // server-sent events of Fade
)

// A handshake's key may be any 16 bytes; with one for all, the answer is the same as well.
const (
	handshakeKey    = "bG9hZCBnZW5lcmF0b3IhIQ=="
	handshakeAccept = "47OdoK6WbtNymBd5ZUAkqY8/YAk="
)

// request sends the opening request. A client of Fade that had events before asks for what follows them.
func (s *Swarm) request(c *client) {
	b := append(s.buffer[:0], "GET "...)
	b = append(b, s.config.Path...)
	resume := s.epoch != "" && c.last != unknown
	if resume && s.config.Protocol == Fade {
		separator := byte('?')
		if strings.Contains(s.config.Path, "?") {
			separator = '&'
		}
		b = append(append(b, separator), "since="...)
		b = strconv.AppendInt(b, c.last, 10)
		b = append(append(b, "&epoch="...), s.epoch...)
	}
	b = append(append(b, " HTTP/1.1\r\nHost: "...), s.config.Address...)
	b = append(b, "\r\n"...)
	switch {
	case s.config.Protocol != Stream:
		b = append(b, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "+handshakeKey+"\r\n"...)
	case resume:
		b = fmt.Appendf(b, "Accept: text/event-stream\r\nLast-Event-ID: %s:%d\r\n", s.epoch, c.last)
	default:
		b = append(b, "Accept: text/event-stream\r\n"...)
	}
	if s.config.Header != nil {
		b = append(b, s.config.Header(int(c.index))...)
	}
	b = append(b, "\r\n"...)
	if n, err := unix.Write(int(c.fd), b); err != nil || n < len(b) {
		s.fail(c, fmt.Errorf("send the request: %w", err), true)
		return
	}
	c.state = stateHandshake
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLRDHUP, Fd: c.index, Pad: c.generation}
	if err := unix.EpollCtl(s.epoll, unix.EPOLL_CTL_MOD, int(c.fd), &event); err != nil {
		s.fail(c, fmt.Errorf("epoll: %w", err), true)
	}
}

// take gives the connection's bytes to the protocol: those of b, of which the first kept were there before.
// It says how many of them it has no more need of.
func (s *Swarm) take(c *client, b []byte, kept int) (used int, err error) {
	if c.state == stateHandshake {
		if used = s.answer(c, b); used == 0 || !c.open() {
			return used, nil
		}
		kept = 0
	}
	if s.config.Protocol != Stream {
		n, err := s.frames(c, b[used:])
		return used + n, err
	}
	n, err := s.lines(c, b[used:], kept)
	return used + n, err
}

// answer reads the head of the server's answer. It gives its length, or 0 while it is not complete.
func (s *Swarm) answer(c *client, b []byte) int {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return 0
	}
	head := b[:end+2]
	status, _ := leadingNumber(bytes.TrimPrefix(head, []byte("HTTP/1.1 ")))
	upgraded := status == 101 && bytes.Contains(head, []byte(handshakeAccept))
	if !upgraded && (status != 200 || s.config.Protocol != Stream) {
		s.refused(c, int(status), head)
		return end + 4
	}
	c.chunked = bytes.Contains(bytes.ToLower(head), []byte("transfer-encoding: chunked"))
	c.state = stateGreeting
	switch s.config.Protocol {
	case Plain:
		s.ready(c)
	case Centrifuge:
		s.send(c, opText, []byte(`{"id":1,"connect":{}}`+"\n"+`{"id":2,"subscribe":{"channel":"bench"}}`))
	}
	return end + 4
}

// refused notes an answer that is no connection. Only 503 invites the client to come back.
func (s *Swarm) refused(c *client, status int, head []byte) {
	s.stats.Refused[status]++
	if status == 503 {
		_, after, _ := bytes.Cut(bytes.ToLower(head), []byte("retry-after: "))
		seconds, _ := leadingNumber(after)
		s.opening--
		s.drop(c)
		s.later(c, time.Duration(seconds)*time.Second)
		return
	}
	line, _, _ := bytes.Cut(head, []byte("\r\n"))
	s.fail(c, fmt.Errorf("the server answers %q", line), false)
}

// frames handles the complete frames of b and says how long they are.
func (s *Swarm) frames(c *client, b []byte) (used int, err error) {
	for {
		op, payload, size, err := frameAt(b[used:])
		if size == 0 {
			return used, err
		}
		used += size
		switch op {
		case opText:
			err = s.text(c, payload)
		case opPing:
			s.send(c, opPong, payload)
		case opPong:
			s.stats.Pongs++
		case opClose:
			s.send(c, opClose, payload[:min(len(payload), 2)])
			s.lost(c, closeCode(payload), nil)
		}
		if err != nil || !c.open() {
			return used, err
		}
	}
}

// lines handles the complete lines of an event stream's body.
func (s *Swarm) lines(c *client, b []byte, kept int) (used int, err error) {
	body, finished := b, false
	if c.chunked {
		var fresh []byte
		if fresh, finished, err = c.chunks.strip(b[kept:]); err != nil {
			return 0, err
		}
		body = b[:kept+len(fresh)]
	}
	for used < len(body) {
		line, size := lineAt(body[used:])
		if size == 0 {
			break
		}
		used += size
		if data, ok := dataOf(line); ok {
			if err := s.fadeText(c, data); err != nil {
				return used, err
			}
		}
	}
	if finished {
		s.lost(c, 1006, nil)
		return used, nil
	}
	// What is left of the line is kept, without the framing that stood after it.
	rest := body[used:]
	copy(b[len(b)-len(rest):], rest)
	return len(b) - len(rest), nil
}

// text handles a message.
func (s *Swarm) text(c *client, text []byte) error {
	switch s.config.Protocol {
	case Fade:
		return s.fadeText(c, text)
	case SocketIO:
		return s.socketIOText(c, text)
	case Centrifuge:
		return s.centrifugeText(c, text)
	}
	s.numbered(c, text)
	return nil
}

// numbered handles an event whose sequence is in its "n".
func (s *Swarm) numbered(c *client, text []byte) {
	if n, ok := s.number.find(text); ok {
		s.event(c, n, text)
	}
}

// event checks an event's place and notes how long it took.
func (s *Swarm) event(c *client, seq int64, text []byte) {
	s.stats.Events++
	switch orderOf(c.last, seq) {
	case inOrder:
		c.last = seq
	case gap:
		s.stats.Gaps++
		s.stats.Missing += seq - c.last - 1
		c.last = seq
	case again:
		s.stats.Duplicates++
		return
	}
	sent, ok := s.time.find(text)
	if !ok {
		return
	}
	if s.stats.Deliveries == 0 {
		s.first = s.now
	}
	s.stats.Deliveries++
	s.last = s.now
	s.stats.Latency.Record(s.now - sent)
}

// fadeText handles a message of docs/protocol.md.
func (s *Swarm) fadeText(c *client, text []byte) error {
	if seq, ok := fadeSeq(text); ok {
		s.event(c, seq, text)
		return nil
	}
	var message struct {
		Type, Epoch, Code, Message string
		Seq, Head                  int64
	}
	if err := json.Unmarshal(text, &message); err != nil {
		return fmt.Errorf("read a message: %w", err)
	}
	switch message.Type {
	case "connection_established", "subscribed":
		s.epoch, c.head = message.Epoch, message.Head
		if c.last == unknown {
			c.last = message.Seq
		}
		s.ready(c)
	case "reset":
		s.stats.Resets++
		s.epoch, c.last = message.Epoch, message.Seq
	case "reconnect":
		s.stats.Notices++
	case "error":
		s.stats.Errors++
	}
	return nil
}

// socketIOText handles a packet of Engine.IO 4: "0" opens, "2" pings, "4" carries one of Socket.IO, whose
// "0" says that the namespace is joined and whose "2" is an event.
func (s *Swarm) socketIOText(c *client, text []byte) error {
	switch {
	case bytes.HasPrefix(text, []byte("42")):
		s.numbered(c, text)
	case bytes.Equal(text, []byte("2")):
		s.send(c, opText, []byte("3"))
	case bytes.HasPrefix(text, []byte("40")):
		s.ready(c)
	case bytes.HasPrefix(text, []byte("44")):
		return fmt.Errorf("the namespace refuses: %s", text)
	case bytes.HasPrefix(text, []byte("0")):
		s.send(c, opText, []byte("40"))
	}
	return nil
}

// centrifugeText handles the replies and pushes in a frame, one a line.
func (s *Swarm) centrifugeText(c *client, text []byte) error {
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte{'\n'})
		text = rest
		switch {
		case bytes.HasPrefix(line, []byte(`{"push"`)):
			s.numbered(c, line)
		case bytes.Equal(line, []byte("{}")):
			s.send(c, opText, []byte("{}"))
		case bytes.Contains(line, []byte(`"error"`)), bytes.Contains(line, []byte(`"disconnect"`)):
			return fmt.Errorf("the server refuses: %s", line)
		case bytes.HasPrefix(line, []byte(`{"id":2,`)):
			s.ready(c)
		}
	}
	return nil
}
