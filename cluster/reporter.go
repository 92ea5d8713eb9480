package cluster

import (
	"context"
	"log/slog"
	"time"
)

// reportEvery is how often a node renews its row: five times before it counts as gone.
const reportEvery = 2 * time.Second

// leaveTimeout bounds how long a node that stops waits for its row to go.
const leaveTimeout = 5 * time.Second

// Reporter keeps a node's row.
type Reporter struct {
	Store   Store
	Node    Node // who it is; its figures are asked for
	Figures func() NodeFigures
	Now     func() time.Time
	Logger  *slog.Logger
}

// Run writes the row at once and then every two seconds. When the context ends it takes the row away. A
// database that does not answer is no reason to stop: it is said once, and tried again.
func (r Reporter) Run(ctx context.Context) error {
	ticker := time.NewTicker(reportEvery)
	defer ticker.Stop()
	failing := false
	for {
		err := r.report(ctx)
		if ctx.Err() != nil {
			return r.leave(ctx)
		}
		if err != nil && !failing {
			r.Logger.Warn("this node's figures cannot be written; the System page takes it for gone", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return r.leave(ctx)
		case <-ticker.C:
		}
	}
}

func (r Reporter) report(ctx context.Context) error {
	n := r.Node
	n.Figures = r.Figures()
	n.SeenAt = r.Now().UTC().Truncate(time.Microsecond)
	ctx, cancel := context.WithTimeout(ctx, GoneAfter)
	defer cancel()
	return r.Store.Update(ctx, func(tx Tx) error { return tx.PutNode(n) })
}

func (r Reporter) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTimeout)
	defer cancel()
	if err := r.Store.Update(ctx, func(tx Tx) error { return tx.DeleteNode(r.Node.ID) }); err != nil {
		r.Logger.Warn("this node's row is left behind; it is removed in a day", "error", err)
	}
	return nil
}
