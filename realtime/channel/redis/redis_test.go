package redis_test

import (
	"log/slog"
	"testing"

	"go.uber.org/goleak"

	"github.com/fadedistrict/fade/internal/testserver"
	"github.com/fadedistrict/fade/realtime/channel"
	"github.com/fadedistrict/fade/realtime/channel/channeltest"
	"github.com/fadedistrict/fade/realtime/channel/redis"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type network struct{ server *testserver.Redis }

func (n network) Join(t *testing.T) channel.Layer {
	layer, err := redis.New(n.server.URL, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return layer
}

func (n network) Interrupt(t *testing.T) bool {
	n.server.Stop(t)
	n.server.Start(t)
	return true
}

func TestLayer(t *testing.T) {
	channeltest.Run(t, func(t *testing.T) channeltest.Network { return network{testserver.StartRedis(t)} })
}

func TestNew_badURL(t *testing.T) {
	if _, err := redis.New("postgres://nowhere", slog.New(slog.DiscardHandler)); err == nil {
		t.Error("New() takes a URL that is not Redis's")
	}
}
