package hub

import (
	"context"
	"errors"
	"strconv"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/fadedistrict/fade/realtime/eventlog"
)

// The bounds of reading the log.
const (
	pageEvents = 256      // events of a page
	pagesBytes = 16 << 20 // of pages that are kept, for those who are as far behind
)

// pages reads the log in pages of fixed borders: the first of a channel is 1 to 256, the next 257 to 512. So
// readers who are behind by about as much, after a restart or a burst, share their reads whatever their
// positions are: readers of a page at the same time wait for one query, and those who come soon after find its
// frames in memory. A page that is not full yet is not kept.
type pages struct {
	hub     *Hub
	reading singleflight.Group

	mu    sync.Mutex
	kept  map[pageKey][]*Frame
	order []pageKey // from the oldest
	bytes int
	lost  int // how often pages were forgotten: what was being read then is not kept
}

type pageKey struct {
	channel string
	begin   int64 // the position that the page follows
}

func newPages(h *Hub) *pages { return &pages{hub: h, kept: map[pageKey][]*Frame{}} }

// after gives events after a position: those of its page, or none if it is the log's head. ErrPruned if they are
// gone.
func (p *pages) after(channel string, after int64) ([]*Frame, error) {
	key := pageKey{channel, after - after%pageEvents}
	frames, err := p.page(key)
	if errors.Is(err, eventlog.ErrPruned) && key.begin < after { // the page's beginning is gone, the rest perhaps not
		return p.read(channel, after, key.begin+pageEvents-after)
	}
	if err != nil {
		return nil, err
	}
	skip := after - key.begin
	if skip >= int64(len(frames)) { // the read that was shared may have begun before what is asked for was committed
		return p.read(channel, after, key.begin+pageEvents-after)
	}
	return frames[skip:], nil
}

// inMemory gives events after a position if their page is in memory.
func (p *pages) inMemory(channel string, after int64) []*Frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	begin := after - after%pageEvents
	if frames := p.kept[pageKey{channel, begin}]; frames != nil {
		return frames[after-begin:]
	}
	return nil
}

// page gives a page of the log as far as it is written.
func (p *pages) page(key pageKey) ([]*Frame, error) {
	p.mu.Lock()
	frames, lost := p.kept[key], p.lost
	p.mu.Unlock()
	if frames != nil {
		return frames, nil
	}
	shared, err, _ := p.reading.Do(key.channel+"@"+strconv.FormatInt(key.begin, 10), func() (any, error) {
		frames, err := p.read(key.channel, key.begin, pageEvents)
		if err == nil && len(frames) == pageEvents {
			p.keep(key, frames, lost)
		}
		return frames, err
	})
	if err != nil {
		return nil, err
	}
	return shared.([]*Frame), nil
}

func (p *pages) read(channel string, after, limit int64) ([]*Frame, error) {
	ctx, cancel := context.WithTimeout(p.hub.ctx, logTimeout)
	defer cancel()
	events, err := p.hub.o.Log.Read(ctx, channel, after, int(limit))
	if err != nil {
		return nil, err
	}
	frames := make([]*Frame, len(events))
	for i, event := range events {
		if frames[i], err = NewFrame(p.hub.epoch, event); err != nil {
			return nil, err
		}
	}
	together(frames)
	return frames, nil
}

// keep keeps a page and drops the oldest past the bound.
func (p *pages) keep(key pageKey, frames []*Frame, lost int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept[key] != nil || lost != p.lost {
		return
	}
	p.kept[key] = frames
	p.order = append(p.order, key)
	p.bytes += sizeOf(frames)
	for p.bytes > pagesBytes {
		p.drop(p.order[0])
		p.order = p.order[1:]
	}
}

func (p *pages) drop(key pageKey) {
	p.bytes -= sizeOf(p.kept[key])
	delete(p.kept, key)
}

// forget drops the pages of a channel whose log has been rewound.
func (p *pages) forget(channel string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost++
	for key := range p.kept {
		if key.channel == channel {
			p.drop(key)
		}
	}
}

func sizeOf(frames []*Frame) int {
	size := 0
	for _, f := range frames {
		size += len(f.plain)
	}
	return size
}
