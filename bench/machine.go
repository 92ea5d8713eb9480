package main

import (
	"math"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

type machineLine struct {
	Name  string `json:"name"`
	OS    string `json:"os"`
	Cores int    `json:"cores"`
	Go    string `json:"go"`
	CPU   string `json:"cpu"`
	Date  string `json:"date"`
}

func machine() machineLine {
	return machineLine{"machine", runtime.GOOS + "/" + runtime.GOARCH, runtime.NumCPU(), runtime.Version(), cpuModel(), time.Now().UTC().Format(time.DateOnly)}
}

func cpuModel() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// raiseDescriptors lets this process and those it starts have as many open files as the system allows.
func raiseDescriptors() error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	return unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
}

// ms gives a duration in milliseconds, for people and programs to read.
func ms(d time.Duration) float64 { return round(float64(d.Nanoseconds()) / 1e6) }

// round keeps what is significant of a figure: three digits, or all before the point.
func round(f float64) float64 {
	if f == 0 || math.IsInf(f, 0) || math.IsNaN(f) {
		return 0
	}
	digits := max(0, 2-math.Floor(math.Log10(math.Abs(f))))
	unit := math.Pow(10, digits)
	return math.Round(f*unit) / unit
}
