package load

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestHistogram_Quantile(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var h Histogram
	var all []int64
	for range 20_000 {
		ns := int64(1) << random.IntN(36)
		ns += random.Int64N(ns)
		all = append(all, ns)
		h.Record(ns)
	}
	slices.Sort(all)
	for _, p := range []float64{0, 0.01, 0.5, 0.9, 0.99, 0.999, 1} {
		exact := all[min(int(p*float64(len(all))), len(all)-1)]
		got := h.Quantile(p).Nanoseconds()
		if off := float64(got-exact) / float64(exact); off < -0.02 || off > 0.02 {
			t.Errorf("quantile %v: %d, exactly %d", p, got, exact)
		}
	}
	var twice Histogram
	twice.Add(&h)
	twice.Add(&h)
	if twice.Count() != 2*h.Count() || twice.Max() != h.Max() || twice.Quantile(0.5) != h.Quantile(0.5) {
		t.Errorf("twice the same: %d, %v", twice.Count(), twice.Quantile(0.5))
	}
	if h.Max() != time.Duration(all[len(all)-1]) || h.Count() != int64(len(all)) {
		t.Errorf("max %v of %d", h.Max(), h.Count())
	}
}

func TestHistogram_bounds(t *testing.T) {
	var empty Histogram
	if empty.Quantile(0.5) != 0 || empty.Max() != 0 {
		t.Error("an empty histogram has values")
	}
	for _, ns := range []int64{-5, 0, 1, 63, 64, 127, 128, 129, 1 << 40, 1<<63 - 1} {
		i := bucketOf(max(ns, 0))
		if i < 0 || i >= buckets || upperBound(i) < ns || i > 0 && upperBound(i-1) >= max(ns, 0) {
			t.Errorf("%d is in bucket %d, up to %d", ns, i, upperBound(i))
		}
		var h Histogram
		h.Record(ns)
		if got := h.Quantile(1); got != time.Duration(max(ns, 0)) {
			t.Errorf("the only value %d: %d", ns, got)
		}
	}
}
