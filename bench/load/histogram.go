package load

import (
	"math/bits"
	"time"
)

// A power of two is divided into this many buckets, so a value is known to 1/64, about 1.6 %.
const (
	subBits    = 6
	subBuckets = 1 << subBits
	buckets    = (64 - subBits) * subBuckets
)

// Histogram counts durations in buckets whose width grows with the value: what it says of a duration is right
// to 2 %. The zero value is empty. Durations below zero count as zero.
type Histogram struct {
	counts [buckets]int64
	total  int64
	most   int64 // ns
}

// Record counts a duration of so many nanoseconds.
func (h *Histogram) Record(ns int64) {
	ns = max(ns, 0)
	h.counts[bucketOf(ns)]++
	h.total++
	h.most = max(h.most, ns)
}

// Add counts what another histogram has recorded.
func (h *Histogram) Add(other *Histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.total += other.total
	h.most = max(h.most, other.most)
}

// bucketOf gives the bucket of a value: values below two times subBuckets have one each.
func bucketOf(ns int64) int {
	shift := max(bits.Len64(uint64(ns))-subBits-1, 0)
	return shift*subBuckets + int(ns>>shift)
}

// upperBound gives the greatest value of a bucket.
func upperBound(bucket int) int64 {
	shift := max(bucket/subBuckets-1, 0)
	return (int64(bucket-shift*subBuckets)+1)<<shift - 1
}

// Count says how many durations were recorded.
func (h *Histogram) Count() int64 { return h.total }

// Max gives the longest duration, exactly.
func (h *Histogram) Max() time.Duration { return time.Duration(h.most) }

// Quantile gives a duration that the share p (0 to 1) of the recorded ones do not exceed, or 0 if there are none.
func (h *Histogram) Quantile(p float64) time.Duration {
	rank := min(int64(p*float64(h.total))+1, h.total)
	var seen int64
	for i, n := range h.counts {
		if seen += n; n > 0 && seen >= rank {
			return time.Duration(min(upperBound(i), h.most))
		}
	}
	return 0
}
