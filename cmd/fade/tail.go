package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"github.com/fadedistrict/fade/httpapi"
)

type tailCommand struct {
	URL           string `env:"FADE_PUBLIC_URL" default:"http://127.0.0.1:8000" help:"The server."`
	Token         string `env:"FADE_TOKEN" help:"An access token of a super admin."`
	Email         string `help:"Or sign in with this address …"`
	PasswordStdin bool   `help:"… and the password on the first line of standard input."`
	JSON          bool   `name:"json" help:"Print the events as they are on the wire."`
}

// Run prints the platform's events as they happen, until it is interrupted.
func (c *tailCommand) Run(ctx context.Context, s streams) error {
	token := c.Token
	if c.Email != "" {
		password, err := firstLine(s.in)
		if err != nil {
			return fmt.Errorf("read the password from standard input: %w", err)
		}
		if token, err = signIn(ctx, c.URL, c.Email, password); err != nil {
			return err
		}
	}
	if token == "" {
		return errors.New("say who you are: --token, or --email with --password-stdin")
	}
	conn, r, err := dialDashboard(ctx, c.URL, token)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	for {
		text, err := wsutil.ReadServerText(readWriter{r, conn})
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the server ended the connection: %w", err)
		}
		if err := c.print(s.out, text); err != nil {
			return err
		}
	}
}

// readWriter reads what came with the handshake first.
type readWriter struct {
	io.Reader
	io.Writer
}

// dialDashboard opens a socket that follows the dashboard.
func dialDashboard(ctx context.Context, server, token string) (io.ReadWriteCloser, io.Reader, error) {
	address, err := url.Parse(server)
	if err != nil || address.Host == "" {
		return nil, nil, fmt.Errorf("%q is not the address of a server, such as http://127.0.0.1:8000", server)
	}
	address.Scheme = strings.Replace(address.Scheme, "http", "ws", 1)
	dialer := ws.Dialer{Timeout: 10 * time.Second, Header: ws.HandshakeHeaderHTTP{"Authorization": {"Bearer " + token}}}
	conn, buffered, _, err := dialer.Dial(ctx, address.JoinPath("/ws/dashboard/").String())
	if err != nil {
		return nil, nil, fmt.Errorf("open a socket: %w", err)
	}
	if buffered != nil {
		return conn, io.MultiReader(buffered, conn), nil
	}
	return conn, conn, nil
}

func (c *tailCommand) print(out io.Writer, text []byte) error {
	if c.JSON {
		_, err := fmt.Fprintln(out, string(text))
		return err
	}
	var m struct {
		Type      string    `json:"type"`
		Timestamp time.Time `json:"timestamp"`
		Seq       int64     `json:"seq"`
		Message   string    `json:"message"`
		Payload   struct {
			Message string `json:"message"`
		} `json:"payload"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("the server sent something else than JSON: %w", err)
	}
	if m.Type == "presence" { // who comes and goes is no event
		return nil
	}
	_, err := fmt.Fprintf(out, "%s  %6d  %-22s %s\n", m.Timestamp.Local().Format(time.TimeOnly), m.Seq, m.Type, m.Payload.Message+m.Message)
	return err
}

// signIn gives an access token.
func signIn(ctx context.Context, server, email, password string) (string, error) {
	body, err := json.Marshal(map[string]string{"email": email, "password": password})
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(server, "/")+"/api/auth/login/", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Access string `json:"access"`
		Detail string `json:"detail"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&answer); err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	if answer.Access == "" {
		return "", fmt.Errorf("sign in: %s", answer.Detail)
	}
	return answer.Access, nil
}

type openAPICommand struct{}

// Run prints the OpenAPI document; docs/openapi.json is this.
func (openAPICommand) Run(s streams) error {
	document, err := httpapi.OpenAPI()
	if err != nil {
		return err
	}
	_, err = s.out.Write(document)
	return err
}
