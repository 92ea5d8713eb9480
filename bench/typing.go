package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"github.com/fadedistrict/fade/bench/load"
)

type typingFigure struct {
	Name    string  `json:"name"`
	Writers int     `json:"writers"`
	Told    int64   `json:"told"`
	P50     float64 `json:"p50_ms"`
	P99     float64 `json:"p99_ms"`
	Max     float64 `json:"max_ms"`
}

// typing measures from the moment before somebody says that they type until the other side of the conversation reads
// it. Twenty sockets of an owner take turns, since each is passed on once a second.
func typing(ctx context.Context, f *fade, writers int) (any, error) {
	const rounds = 10
	channel, owner, err := f.conversation(ctx)
	if err != nil {
		return nil, err
	}
	talkers := make([]net.Conn, writers)
	for i := range talkers {
		if talkers[i], err = f.talker(ctx, owner, ""); err != nil {
			return nil, err
		}
		defer func() { _ = talkers[i].Close() }()
	}
	listener, err := f.talker(ctx, f.token, channel)
	if err != nil {
		return nil, err
	}
	told := make(chan time.Time, 1)
	var listening sync.WaitGroup
	defer listening.Wait()
	defer func() { _ = listener.Close() }()
	listening.Go(func() {
		for {
			text, err := wsutil.ReadServerText(listener)
			if err != nil {
				close(told)
				return
			}
			if strings.Contains(string(text), `"type":"typing"`) {
				told <- time.Now()
			}
		}
	})
	message := []byte(`{"type":"typing","channel":"` + channel + `"}`)
	var took load.Histogram
	for range rounds {
		turn := time.Now()
		for i, conn := range talkers {
			if err := pause(ctx, time.Until(turn.Add(time.Duration(i)*1100*time.Millisecond/time.Duration(writers)))); err != nil {
				return nil, err
			}
			begin := time.Now()
			if err := wsutil.WriteClientText(conn, message); err != nil {
				return nil, err
			}
			select {
			case at, ok := <-told:
				if !ok {
					return nil, errors.New("the other side was closed")
				}
				took.Record(at.Sub(begin).Nanoseconds())
			case <-time.After(5 * time.Second):
				return nil, fmt.Errorf("after %d times, nobody was told that somebody types", took.Count())
			}
		}
		if err := pause(ctx, time.Until(turn.Add(1100*time.Millisecond))); err != nil {
			return nil, err
		}
	}
	return typingFigure{"typing", writers, took.Count(), ms(took.Quantile(0.5)), ms(took.Quantile(0.99)), ms(took.Max())}, nil
}

// conversation begins one with the business that every scenario works with, and gives its channel and an owner's token.
func (f *fade) conversation(ctx context.Context) (channel, owner string, err error) {
	var businesses []struct{ ID string }
	if err := f.get(ctx, "/api/businesses/", &businesses); err != nil {
		return "", "", err
	}
	var conversation struct{ ID string }
	if err := f.post(ctx, "/api/conversations/", map[string]string{"business": businesses[0].ID}, &conversation); err != nil {
		return "", "", err
	}
	own := &api{base: f.base, client: f.client}
	err = own.login(ctx, "owner@example.com", adminPassword)
	return "conversation:" + conversation.ID, own.token, err
}

// talker opens a socket and, where a channel is named, follows it.
func (f *fade) talker(ctx context.Context, token, channel string) (net.Conn, error) {
	dialer := ws.Dialer{Header: ws.HandshakeHeaderHTTP(http.Header{"Authorization": {"Bearer " + token}})}
	conn, _, _, err := dialer.Dial(ctx, strings.Replace(f.base, "http://", "ws://", 1)+"/ws/")
	if err != nil || channel == "" {
		return conn, err
	}
	if err := wsutil.WriteClientText(conn, []byte(`{"type":"subscribe","channel":"`+channel+`"}`)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	for {
		text, err := wsutil.ReadServerText(conn)
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		var m struct{ Type string }
		if json.Unmarshal(text, &m) == nil && m.Type == "subscribed" {
			return conn, nil
		}
	}
}
