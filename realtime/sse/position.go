package sse

import (
	"fmt"
	"strings"

	"github.com/fadedistrict/fade/realtime/eventlog"
)

// Position is where a stream is in one of its channels.
type Position struct {
	Channel string
	eventlog.Position
}

// FormatPositions gives the id of an event of a stream of several channels: where it is in each of them, as in
// the header Fade-Position, "dashboard=<epoch>:<seq>,user:<id>=<epoch>:<seq>".
func FormatPositions(all []Position) string {
	var text strings.Builder
	for i, p := range all {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(p.Channel)
		text.WriteByte('=')
		text.WriteString(p.String())
	}
	return text.String()
}

// ParsePositions reads what [FormatPositions] writes. The position of a stream of one channel may also be
// given without the channel's name, as its events have it.
func ParsePositions(text string, channels []string) (map[string]eventlog.Position, error) {
	all := map[string]eventlog.Position{}
	if text == "" {
		return all, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		channel, position, named := strings.Cut(part, "=")
		if !named && len(channels) == 1 {
			channel, position = channels[0], part
		} else if !named {
			return nil, fmt.Errorf("sse: %q names no channel", part)
		}
		at, err := eventlog.ParsePosition(position)
		if err != nil {
			return nil, err
		}
		all[channel] = at
	}
	return all, nil
}
