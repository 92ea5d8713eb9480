// Command fade is the whole platform in one binary: the server with its pages, and what an operator needs
// around it. It is the only place that sees two adapters at once: it reads the configuration, opens the
// database and the channel layer, and puts the packages together.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/fadedistrict/fade"
)

// version is set by the linker: make build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// streams are where a command reads and writes.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// commands is the command line; its shape is documented by fade --help.
type commands struct {
	Serve            serveCommand            `cmd:"" help:"Serve the API, the sockets and the pages."`
	Worker           workerCommand           `cmd:"" help:"Do the background work beside servers; serve does it too."`
	CreateSuperAdmin createSuperAdminCommand `cmd:"" name:"createsuperadmin" help:"Add a super admin."`
	Migrate          migrateCommand          `cmd:"" help:"Bring the database to this version's schema."`
	Seed             seedCommand             `cmd:"" help:"Fill an empty database with demo data."`
	Simulate         simulateCommand         `cmd:"" help:"Let customers browse, hold, book, move and cancel at a running server."`
	Doctor           doctorCommand           `cmd:"" help:"Check the installation and say what to do."`
	Tail             tailCommand             `cmd:"" help:"Show live events of a running server."`
	Healthcheck      healthcheckCommand      `cmd:"" help:"Ask a running server on this machine whether it is ready."`
	Bench            benchCommand            `cmd:"" help:"Serve as serve does, with a road to publish as many events as one likes: for measuring, never for people."`
	OpenAPI          openAPICommand          `cmd:"" name:"openapi" help:"Print the OpenAPI document."`
	Version          versionCommand          `cmd:"" help:"Print the version."`
}

// run runs one command and gives the exit status: 0, 1 if it failed, 2 if it was called wrongly.
func run(ctx context.Context, args []string, s streams) int {
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("fade"), kong.Description("A real-time booking platform in one binary."),
		kong.Writers(s.out, s.err), kong.Exit(func(status int) { exited = status }), kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(s))
	if err != nil {
		_, _ = fmt.Fprintln(s.err, "fade:", err)
		return 2
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // --help has been printed
		return exited
	}
	if err != nil {
		_, _ = fmt.Fprintln(s.err, "fade:", err)
		return 2
	}
	if err := command.Run(); err != nil {
		_, _ = fmt.Fprintln(s.err, "fade:", explain(err))
		return 1
	}
	return 0
}

// explain gives an error in words for the person at the terminal.
func explain(err error) string {
	known, ok := errors.AsType[*fade.Error](err)
	if !ok {
		return err.Error()
	}
	text := known.Message
	for _, f := range known.Fields {
		if f.Message != known.Message {
			text += "\n  " + f.Field + ": " + f.Message
		}
	}
	if known.Cause != nil {
		text += ": " + known.Cause.Error()
	}
	return text
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(s streams) error {
	_, err := fmt.Fprintln(s.out, "fade", version)
	return err
}
