// Package simulate plays customers, so that dashboards and booking pages move and what they rest on is tried by a
// crowd. A customer opens a business's booking page, looks through its days and slots, holds one, thinks about it,
// and books it or lets it go; some come back by their signed link and move the appointment or cancel it.
//
// They are customers in full: they know nothing but the public API over HTTP, and believe none of it. An answer
// that breaks the API's promises (a free chair that is also taken, a hold of another time than was asked for, a
// link that works after the appointment was moved) counts as an error, as a failure of the server does. That somebody
// else was faster is no error: it is what the crowd is for.
//
// Customers come to writers, each of which serves one at a time, as a browser would. What a writer's customers want
// follows from the seed; what they get also depends on what the others do.
package simulate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options say who comes, where to and how often.
type Options struct {
	URL        string        // the server's, such as http://127.0.0.1:8000
	Businesses []string      // subdomains
	Rate       float64       // customers a second, over all writers; 0 is as many as get through
	Writers    int           // how many customers are served at the same time
	For        time.Duration // 0 is until the context ends
	Seed       uint64

	Out   io.Writer     // a line of figures goes here every so often; nil for none
	Every time.Duration // how often that is

	Transport http.RoundTripper // how the server is reached; nil for a network of its own
}

// The bounds of a simulation that fails: more errors than these in a row end it, and so many are told.
const (
	mostErrors = 20
	mostTold   = 5
)

// Run lets customers come until the time is over or the context ends, which is no error, and gives what became of
// them. Holds that are open then are given back. It gives an error, with the first of them, if an answer was not
// one that the API promises.
func Run(ctx context.Context, o Options) (Figures, error) {
	if err := o.validate(); err != nil {
		return Figures{}, err
	}
	if o.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.For)
		defer cancel()
	}
	ctx, giveUp := context.WithCancel(ctx)
	defer giveUp()

	transport := o.Transport
	if transport == nil {
		own := &http.Transport{MaxIdleConnsPerHost: o.Writers, IdleConnTimeout: time.Minute}
		defer own.CloseIdleConnections()
		transport = own
	}
	c := &crowd{begun: time.Now(), giveUp: giveUp}
	server := &server{url: strings.TrimSuffix(o.URL, "/"), client: &http.Client{Transport: transport, Timeout: requestTimeout}, slowed: func() { c.count(slowed) }}
	var all sync.WaitGroup
	for n := range o.Writers {
		w := newWriter(n, o, server, c)
		all.Go(func() { w.work(ctx) })
	}
	if o.Out != nil && o.Every > 0 {
		all.Go(func() { c.report(ctx, o.Out, o.Every) })
	}
	all.Wait()
	return c.result()
}

func (o Options) validate() error {
	switch {
	case !strings.HasPrefix(o.URL, "http://") && !strings.HasPrefix(o.URL, "https://"):
		return fmt.Errorf("%q is not the address of a server, such as http://127.0.0.1:8000", o.URL)
	case len(o.Businesses) == 0:
		return errors.New("there is no business to book at")
	case o.Writers < 1:
		return errors.New("there must be at least one writer")
	case o.Rate < 0:
		return errors.New("the rate cannot be below 0")
	}
	return nil
}
