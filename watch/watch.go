// Package watch tells which files changed, by whatever way an editor writes them: in
// place, by another file that takes the name, with the folder renamed or gone meanwhile.
//
//	the system's events ──> quiet for a moment ──> what there is now, beside what there was ──> files that changed
//
// An event says only that it is time to look; what changed is found by looking. So a
// burst of events is one change, and what came and went again is none.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	quiet   = 50 * time.Millisecond // after the last event: editors write a file in several steps
	longest = time.Second           // after the first, however many there are
	most    = 10_000                // files below the paths: each is read after every change
)

// A Watcher watches files, and folders with all below them.
type Watcher struct {
	paths  []string // absolute
	events *fsnotify.Watcher
	seen   map[string]stamp
	idle   func() // called before an event is waited for
}

// New begins to watch. What is not there may come.
func New(paths []string) (*Watcher, error) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watching files: %w", err)
	}
	w := &Watcher{events: events, idle: func() {}}
	for _, p := range paths {
		whole, err := filepath.Abs(p)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("watching %s: %w", p, err), events.Close())
		}
		w.paths = append(w.paths, whole)
	}
	if w.seen, err = w.look(); err != nil {
		return nil, errors.Join(err, events.Close())
	}
	return w, nil
}

// Close ends watching.
func (w *Watcher) Close() error { return w.events.Close() }

// Next waits until files have changed since it last returned, or since [New], and gives
// their absolute paths, sorted: those that are new, have other contents, or are gone.
func (w *Watcher) Next(ctx context.Context) ([]string, error) {
	for ctx.Err() == nil {
		now, err := w.look()
		if err != nil {
			return nil, err
		}
		if changed := differing(w.seen, now); len(changed) > 0 {
			if !w.settled(ctx, now) {
				continue
			}
			w.seen = now
			return changed, nil
		}
		if err := w.event(ctx); err != nil {
			return nil, err
		}
		w.calm(ctx)
	}
	return nil, ctx.Err()
}

// settled tells whether nothing has changed further for a moment.
func (w *Watcher) settled(ctx context.Context, then map[string]stamp) bool {
	w.calm(ctx)
	now, err := w.look()
	return err == nil && maps.Equal(then, now)
}

// event waits for one.
func (w *Watcher) event(ctx context.Context) error {
	w.idle()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-w.events.Events:
		return nil
	case err := <-w.events.Errors:
		if errors.Is(err, fsnotify.ErrEventOverflow) {
			return nil // there were more than could be told: that is an event
		}
		return fmt.Errorf("watching files: %w", err)
	}
}

// calm waits until there has been no event for a moment.
func (w *Watcher) calm(ctx context.Context) {
	end := time.NewTimer(longest)
	defer end.Stop()
	for {
		still := time.NewTimer(quiet)
		select {
		case <-ctx.Done():
		case <-end.C:
		case <-still.C:
		case <-w.events.Events:
			still.Stop()
			continue
		}
		still.Stop()
		return
	}
}

// look sees that every folder is watched, and only then what is in it: what comes
// later is an event.
func (w *Watcher) look() (map[string]stamp, error) {
	all := map[string]stamp{}
	for _, p := range w.paths {
		if err := w.above(p); err != nil {
			return nil, err
		}
		if err := w.below(p, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// above watches the nearest folder above a path that there is, in which it may come,
// go, or be replaced.
func (w *Watcher) above(path string) error {
	for {
		up := filepath.Dir(path)
		err := w.events.Add(up)
		if err == nil {
			return nil
		}
		if up == path || !errors.Is(err, fs.ErrNotExist) {
			return watching(up, err)
		}
		path = up
	}
}

// below watches the folders below a path, and takes down the files.
func (w *Watcher) below(path string, all map[string]stamp) error {
	return filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // it has gone meanwhile
		case err != nil:
			return watching(p, err)
		case p != path && passing(d.Name()):
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case d.IsDir():
			if err := w.events.Add(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return watching(p, err)
			}
			return nil
		}
		if s, ok := stampOf(p); ok {
			all[p] = s
		}
		if len(all) > most {
			return fmt.Errorf("watching %s: there are more than %d files below it; name a smaller folder", path, most)
		}
		return nil
	})
}

// watching says what could not be watched. On Linux there are only so many watches.
func watching(path string, err error) error {
	if strings.Contains(err.Error(), "no space left on device") {
		err = errors.New("the system allows no more watches; raise fs.inotify.max_user_watches, or name fewer folders")
	}
	return fmt.Errorf("watching %s: %w", path, err)
}

// passing tells what editors and other tools leave for a moment.
func passing(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || strings.HasPrefix(name, "#") || name == "__pycache__"
}

// differing are the paths that are in one of two, or not the same in both.
func differing(a, b map[string]stamp) []string {
	var all []string
	for p, s := range a {
		if b[p] != s {
			all = append(all, p)
		}
	}
	for p := range b {
		if _, both := a[p]; !both {
			all = append(all, p)
		}
	}
	slices.Sort(all)
	return all
}
