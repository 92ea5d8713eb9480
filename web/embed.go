// Package web carries the browser application: what `npm run build` leaves in dist, embedded so that the
// program is one file. On a checkout where the build has not run, dist holds a placeholder only; the
// program compiles and serves its API without pages.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files gives the built application, rooted at its index.html. Names under assets/ carry a hash of their
// content and may be cached for ever; everything else must be asked for again. Every path that is not a
// file belongs to the application's router and is answered with index.html.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is a constant that the embed directive above vouches for
	}
	return files
}
