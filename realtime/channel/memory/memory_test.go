package memory_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/fadedistrict/fade/realtime/channel"
	"github.com/fadedistrict/fade/realtime/channel/channeltest"
	"github.com/fadedistrict/fade/realtime/channel/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type network struct{ bus *memory.Bus }

func (n network) Join(*testing.T) channel.Layer { return n.bus.Join() }
func (n network) Interrupt(*testing.T) bool     { return false }

func TestLayer(t *testing.T) {
	channeltest.Run(t, func(*testing.T) channeltest.Network { return network{memory.NewBus()} })
}
