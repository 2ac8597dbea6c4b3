package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	largestPage  = 4 << 20
	largestImage = 32 << 20 // the flash of the largest boards
	tries        = 3        // of a download, each from the start
)

// Find finds the newest image of a board, or that of a release, on the download page.
// Where that cannot be had, the cache may hold the release.
func (s Source) Find(ctx context.Context, board, release string) (Image, error) {
	base, _, _ := strings.Cut(board, "-")
	address := s.Site + "/download/" + base + "/"
	page, err := s.page(ctx, address)
	if err != nil {
		if i, ok := choose(s.cached(), board, release); ok && release != "" {
			return i, nil
		}
		return Image{}, fmt.Errorf("looking for an image of %s: %w", board, err)
	}
	all := images(page)
	if i, ok := choose(all, board, release); ok {
		return i, nil
	}
	return Image{}, notThere(all, board, release, address)
}

// notThere says what there is instead.
func notThere(all []Image, board, release, address string) error {
	var boards, releases []string
	for _, i := range all {
		if !slices.Contains(boards, i.Board) {
			boards = append(boards, i.Board)
		}
		if i.Board == board && !slices.Contains(releases, i.Release) {
			releases = append(releases, i.Release)
		}
	}
	switch {
	case len(boards) == 0:
		return fmt.Errorf("%s names no image: is it a board with an ESP32 or ESP8266?", address)
	case len(releases) == 0:
		return fmt.Errorf("%s names no image of %s; there are %s", address, board, strings.Join(boards, ", "))
	}
	return fmt.Errorf("%s names no release %s of %s; there are %s", address, release, board, strings.Join(releases, ", "))
}

// page reads a page.
func (s Source) page(ctx context.Context, address string) (string, error) {
	response, err := s.get(ctx, address)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, largestPage))
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", address, err)
	}
	return string(text), nil
}

// errNotFound says that a server has nothing there.
var errNotFound = errors.New("404 Not Found")

func (s Source) get(ctx context.Context, address string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "espy")
	client := s.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	switch {
	case err != nil:
		return nil, err // names the address
	case response.StatusCode == http.StatusOK:
		return response, nil
	}
	_ = response.Body.Close() // the status says it all
	if response.StatusCode == http.StatusNotFound {
		return nil, fmt.Errorf("%s: %w; the boards are those of %s/download", address, errNotFound, s.Site)
	}
	return nil, fmt.Errorf("%s: %s", address, response.Status)
}

// Fetch sees that an image is in the cache, whole, and says where and for which chip.
// say is told what takes time.
func (s Source) Fetch(ctx context.Context, i Image, say func(format string, args ...any)) (Image, error) {
	i.Path = filepath.Join(s.Cache, i.File())
	if text, err := os.ReadFile(i.Path); err == nil {
		if i.Chip, i.Offset, err = verify(i.Board, text); err == nil {
			return i, nil
		}
		say("%s in the cache is damaged (%v): it is fetched anew", i.Path, err)
	}
	address := s.Site + "/resources/firmware/" + i.File()
	say("fetching %s", address)
	var text []byte
	var err error
	for range tries {
		if text, err = s.download(ctx, address); err == nil {
			i.Chip, i.Offset, err = verify(i.Board, text)
		}
		if err == nil || ctx.Err() != nil || errors.Is(err, errNotFound) {
			break
		}
	}
	if err != nil {
		return Image{}, fmt.Errorf("fetching %s: %w", address, err)
	}
	return i, s.keep(i.Path, text)
}

// download reads a file of which the length was announced.
func (s Source) download(ctx context.Context, address string) ([]byte, error) {
	response, err := s.get(ctx, address)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, largestImage+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("after %d bytes: %w", len(text), err)
	case len(text) > largestImage:
		return nil, fmt.Errorf("it is larger than any flash: more than %d bytes", largestImage)
	case response.ContentLength >= 0 && int64(len(text)) != response.ContentLength:
		return nil, fmt.Errorf("%d bytes came of %d", len(text), response.ContentLength)
	}
	return text, nil
}

// keep puts a file into the cache: whole, or not at all.
func (s Source) keep(path string, text []byte) (err error) {
	if err := os.MkdirAll(s.Cache, 0o755); err != nil {
		return fmt.Errorf("making the cache of images: %w", err)
	}
	f, err := os.CreateTemp(s.Cache, ".*.part")
	if err != nil {
		return fmt.Errorf("keeping an image: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name()) // the first error is the one to tell
		}
	}()
	if _, err := f.Write(text); err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o644), f.Sync()); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// cached are the images in the cache.
func (s Source) cached() []Image {
	var all []Image
	entries, err := os.ReadDir(s.Cache)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		all = append(all, images(e.Name())...)
	}
	return all
}
