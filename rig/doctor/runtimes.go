package doctor

import (
	"context"
	"errors"
	"io/fs"

	"github.com/espy-hil/espy/sim/runtimes"
)

// runtimesCached looks at what the virtual boards run, every byte of it.
func runtimesCached(context.Context, Machine) Finding {
	err := runtimes.Verify()
	folder, _ := runtimes.CacheDir() // its error is that of Verify
	switch {
	case err == nil:
		return ok("all of them are in " + folder)
	case errors.Is(err, fs.ErrNotExist):
		return note("not fetched yet; the first espy run does that", "espy setup")
	default:
		return trouble(err.Error(), "rm -r "+folder+"/runtimes-* && espy setup")
	}
}
