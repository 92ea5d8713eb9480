package ws

import (
	"bufio"
	"net"
	"net/http"
	"time"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
)

// upgradeTimeout bounds the writing of the answer to an upgrade.
const upgradeTimeout = 10 * time.Second

// Upgrade answers an upgrade request (RFC 6455, section 4.2). compress allows permessage-deflate where the
// client offers it, and compressed tells whether it was agreed on. buffered is what the client sent right
// behind its request. After an error the request has been answered.
func Upgrade(w http.ResponseWriter, r *http.Request, compress bool) (conn net.Conn, buffered []byte, compressed bool, err error) {
	deflate := wsflate.Extension{Parameters: wsflate.Parameters{ServerNoContextTakeover: true, ClientNoContextTakeover: true}}
	upgrader := ws.HTTPUpgrader{Timeout: upgradeTimeout, Protocol: func(p string) bool { return p == Subprotocol }}
	if compress {
		upgrader.Negotiate = func(offer httphead.Option) (httphead.Option, error) {
			accepted, err := deflate.Negotiate(offer)
			if err != nil { // an offer that cannot be understood is declined (RFC 7692, section 5.1)
				return httphead.Option{}, nil
			}
			return accepted, nil
		}
	}
	conn, rw, _, err := upgrader.Upgrade(r, w)
	if err != nil {
		if conn != nil {
			_ = conn.Close()
		}
		return nil, nil, false, err
	}
	_, compressed = deflate.Accepted()
	return conn, Leftover(rw.Reader), compressed, nil
}

// Leftover gives a copy of what a reader of net/http has read ahead, so that the reader is not kept.
func Leftover(r *bufio.Reader) []byte {
	n := r.Buffered()
	if n == 0 {
		return nil
	}
	data, _ := r.Peek(n)
	return append([]byte(nil), data...)
}
