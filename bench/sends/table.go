package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// printTable prints what the lines say, for people.
func printTable(w io.Writer, sends []*sendFigure, waits []*waitFigure, accepts []*acceptFigure) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "each socket is given\tby\twall, µs\tCPU, µs\tkernel thread, µs\tcut\t")
	for _, f := range sends {
		if f.Refused != "" {
			fmt.Fprintf(t, "%s\t%s\t%s\t\t\t\t\n", f.What, f.Way, f.Refused)
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%.2f\t%.2f\t%.2f\t%d\t%s\n", f.What, f.Way, f.Wall/1000, f.CPU/1000, f.KernelCPU/1000, f.Cut, f.Note)
	}
	fmt.Fprintln(t, "\na loop that waits\tothers that compute\tmedian, µs\tp99, µs\twakes\t")
	for _, f := range waits {
		fmt.Fprintf(t, "%s\t%d of %d\t%.1f\t%.1f\t%d\t\n", f.Way, f.Computing, f.Processors, f.Median, f.P99, f.Wakes)
	}
	fmt.Fprintln(t, "\naccepted by\tconnections/s\t")
	for _, f := range accepts {
		if f.Refused != "" {
			fmt.Fprintf(t, "%s\t%s\t\n", f.Way, f.Refused)
			continue
		}
		fmt.Fprintf(t, "%s\t%.0f\t\n", f.Way, f.PerSecond)
	}
	return t.Flush()
}
