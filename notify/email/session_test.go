package email

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/fadedistrict/fade"
)

// talk answers a client as a mail server that takes everything would, up to the command that it is to be silent at, and
// gives what it was told. It ends when the client does.
func talk(conn net.Conn, silentAt string) <-chan []string {
	told := make(chan []string, 1)
	go func() {
		defer close(told)
		defer conn.Close()
		_, _ = io.WriteString(conn, "220 here\r\n")
		var commands []string
		lines := bufio.NewScanner(conn)
		for lines.Scan() {
			command, _, _ := strings.Cut(lines.Text(), " ")
			commands = append(commands, command)
			switch {
			case silentAt != "" && command == silentAt:
			case command == "DATA":
				_, _ = io.WriteString(conn, "354 go on\r\n")
			case command == "QUIT":
				_, _ = io.WriteString(conn, "221 bye\r\n")
			default:
				_, _ = io.WriteString(conn, "250 yes\r\n")
			}
		}
		told <- commands
	}()
	return told
}

func openSession(t *testing.T, silentAt string) (*session, <-chan []string) {
	t.Helper()
	here, there := net.Pipe()
	told := talk(there, silentAt)
	client, err := smtp.NewClient(here, "mail.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Hello("fade.example"); err != nil {
		t.Fatal(err)
	}
	return &session{Client: client, conn: here}, told
}

func wantLast(t *testing.T, told <-chan []string, want string) {
	t.Helper()
	commands := <-told
	if len(commands) == 0 || commands[len(commands)-1] != want {
		t.Errorf("the server was told %q, want %s at the end", commands, want)
	}
}

// A session that nobody uses ends by itself, with a farewell.
func TestPool_expire(t *testing.T) {
	p := newPool(2, time.Millisecond)
	s, told := openSession(t, "")
	p.keep(s)
	wantLast(t, told, "QUIT") // waits for it
	if p.take() != nil {
		t.Error("a session that has ended is given out")
	}
}

func TestPool_close(t *testing.T) {
	p := newPool(2, time.Hour)
	kept, toldKept := openSession(t, "")
	late, toldLate := openSession(t, "")
	p.keep(kept)
	p.close()
	wantLast(t, toldKept, "QUIT")
	p.keep(late) // by somebody who was still sending
	wantLast(t, toldLate, "QUIT")
	if p.take() != nil {
		t.Error("a closed pool gives out a session")
	}
}

// The session that was used last is used next, so that the others may end.
func TestPool_take(t *testing.T) {
	p := newPool(2, time.Hour)
	defer p.close()
	first, _ := openSession(t, "")
	second, _ := openSession(t, "")
	p.keep(first)
	p.keep(second)
	if got := p.take(); got != second || !got.used {
		t.Error("not the last that was kept")
	}
	p.keep(second)
}

// Whoever waits for a place, or for an answer, waits no longer than the context.
func TestSMTP_through_canceled(t *testing.T) {
	for _, silentAt := range []string{"MAIL", "RCPT", "DATA"} {
		s := &SMTP{host: "mail.example", pool: newPool(1, time.Hour)}
		open, told := openSession(t, silentAt)
		m := composed(t, fade.KindNotice, nil)
		raw, err := m.Raw()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		stale, err := s.through(ctx, open, m, raw)
		cancel()
		if err == nil || stale {
			t.Errorf("silent at %s: stale %t, %v", silentAt, stale, err)
		}
		if p := s.pool.take(); p != nil {
			t.Errorf("silent at %s: the session is used again", silentAt)
		}
		wantLast(t, told, silentAt)
	}
	p := newPool(1, time.Hour)
	if err := p.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.enter(ctx); err == nil {
		t.Error("a second has a place of one")
	}
}
