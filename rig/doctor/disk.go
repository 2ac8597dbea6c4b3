package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/espy-hil/espy/sim/runtimes"
)

// leastFree is room for the runtimes, compiled, and the results of some nights.
const leastFree = 300 << 20

// disk sees that files can be written where Espy writes, and that there is room.
func disk(_ context.Context, m Machine) Finding {
	cache, err := runtimes.CacheDir()
	if err != nil {
		return trouble(err.Error(), "export ESPY_CACHE=FOLDER")
	}
	here, err := os.Getwd()
	if err != nil {
		return trouble("the folder that this is: "+err.Error(), "cd")
	}
	var told []string
	for _, place := range []struct{ what, folder string }{
		{"the cache", existing(cache)}, {"temporary files", os.TempDir()}, {"this folder", here},
	} {
		if err := writable(place.folder); err != nil {
			return trouble(fmt.Sprintf("%s, %s, cannot be written: %v", place.what, place.folder, err), "df -h "+place.folder)
		}
		if free, known := room(place.folder); known {
			if free < leastFree {
				return trouble(fmt.Sprintf("%s, %s, has %d MB left; %d are to be there", place.what, place.folder, free>>20, leastFree>>20), "df -h "+place.folder)
			}
			told = append(told, fmt.Sprintf("%s %d MB", place.what, free>>20))
		}
	}
	if len(told) == 0 {
		return ok("the cache, temporary files and this folder can be written")
	}
	return ok("free for " + strings.Join(told, ", "))
}

// existing is the nearest folder above a path that there is.
func existing(path string) string {
	for {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) || filepath.Dir(path) == path {
			return path
		}
		path = filepath.Dir(path)
	}
}

// writable writes to a folder.
func writable(folder string) error {
	f, err := os.CreateTemp(folder, ".espy-doctor-*")
	if err != nil {
		return plainly(err)
	}
	_, err = f.Write(make([]byte, 4096))
	return plainly(errors.Join(err, f.Close(), os.Remove(f.Name())))
}

// plainly takes the path out of an error: it is told already.
func plainly(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
