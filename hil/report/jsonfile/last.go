package jsonfile

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/espy-hil/espy/hil/report/file"
	"github.com/espy-hil/espy/hil/result"
)

// mostKept is how many folders have their last results kept.
const mostKept = 20

// Last is where the last results of runs that were started in a folder are kept, below
// a folder for that.
func Last(below, folder string) string {
	return filepath.Join(below, fmt.Sprintf("%.8x.json", sha256.Sum256([]byte(folder))))
}

// Keep saves results to where [Last] says. Nobody else may read them: there may be
// secrets in them. Those of folders that nothing was run in for longest go. saved is a
// file that they were saved to and are copied from; if empty, they are written anew.
func Keep(path string, r *result.Report, saved string) error {
	below := filepath.Dir(path)
	if err := os.MkdirAll(below, 0o700); err != nil {
		return fmt.Errorf("keeping the results below %s: %w", below, file.Unnamed(err))
	}
	err := file.Replace(path, 0o600, func(w io.Writer) error {
		if saved != "" {
			return copied(w, saved)
		}
		buffer := bufio.NewWriterSize(w, 256<<10)
		e := json.NewEncoder(buffer)
		e.SetEscapeHTML(false)
		return errors.Join(e.Encode(withLists(*r)), buffer.Flush())
	})
	if err != nil {
		return fmt.Errorf("keeping the results in %s: %w", path, file.Unnamed(err))
	}
	forget(below)
	return nil
}

// copied copies a file, which costs the processor a tenth of writing results anew.
func copied(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

// forget removes the oldest of too many results, and what an Espy that was killed has
// left of its writing. What cannot be removed is tried again after the next run.
func forget(below string) {
	entries, _ := os.ReadDir(below)
	type kept struct {
		name string
		at   time.Time
	}
	var all []kept
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil:
		case strings.HasPrefix(e.Name(), "."):
			if time.Since(info.ModTime()) > time.Hour {
				_ = os.Remove(filepath.Join(below, e.Name()))
			}
		default:
			all = append(all, kept{e.Name(), info.ModTime()})
		}
	}
	slices.SortFunc(all, func(a, b kept) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.name, b.name)) })
	for _, old := range all[min(len(all), mostKept):] {
		_ = os.Remove(filepath.Join(below, old.name))
	}
}
