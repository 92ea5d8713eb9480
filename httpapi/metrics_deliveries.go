package httpapi

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// deliveries reads how mails and pushes are doing when Prometheus asks for it.
type deliveries struct {
	api *API

	queued, due, oldest, failed, outcomes *prometheus.Desc
}

func deliveryMetrics(a *API) *deliveries {
	describe := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("fade_deliveries_"+name, help, labels, nil)
	}
	return &deliveries{
		api:      a,
		queued:   describe("queued", "Mails and pushes that wait, reminders of the coming weeks included."),
		due:      describe("due", "Of these, those that could leave now."),
		oldest:   describe("oldest_due_seconds", "For how long the first of them could."),
		failed:   describe("failed", "Dead letters: nobody tries again by themselves."),
		outcomes: describe("outcomes_total", "What became of this process's tries; queued is one that will be repeated.", "route", "outcome"),
	}
}

// Describe implements [prometheus.Collector].
func (d *deliveries) Describe(descriptions chan<- *prometheus.Desc) {
	for _, description := range []*prometheus.Desc{d.queued, d.due, d.oldest, d.failed, d.outcomes} {
		descriptions <- description
	}
}

const depthTimeout = 2 * time.Second // for the database, whose silence must not take the other figures along

// Collect implements [prometheus.Collector].
func (d *deliveries) Collect(values chan<- prometheus.Metric) {
	o := d.api.o
	if o.Delivered != nil {
		for what, n := range o.Delivered() {
			values <- prometheus.MustNewConstMetric(d.outcomes, prometheus.CounterValue, float64(n), string(what.Route), string(what.Outcome))
		}
	}
	if o.Ledger == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), depthTimeout)
	defer cancel()
	depth, err := o.Ledger.Depth(ctx)
	if err != nil {
		return // the database's own figures say why
	}
	age := 0.0
	if depth.OldestDueAt != nil {
		age = max(0, o.Now().Sub(*depth.OldestDueAt).Seconds())
	}
	for description, value := range map[*prometheus.Desc]float64{
		d.queued: float64(depth.Queued), d.due: float64(depth.Due), d.oldest: age, d.failed: float64(depth.Failed),
	} {
		values <- prometheus.MustNewConstMetric(description, prometheus.GaugeValue, value)
	}
}
