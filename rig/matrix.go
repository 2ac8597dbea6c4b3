package rig

import (
	"regexp"
	"slices"
	"strings"

	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/sim"
)

// A Row is one job of a matrix of CI jobs.
type Row struct {
	Name        string `json:"name"`         // "sim:1.27, HTTP/1.0"
	ID          string `json:"id"`           // the same in letters, digits, dots and dashes: for files
	On          string `json:"on"`           // for espy run --on: what it is compared with, and the board
	Board       string `json:"board"`        // the board alone
	Release     string `json:"release"`      // of MicroPython; empty: what the board runs
	HTTPVersion string `json:"http_version"` // for espy run --http-version
	Real        bool   `json:"real"`         // it is there once, where it is attached
}

// mostRows is how many jobs GitHub makes of one matrix.
const mostRows = 256

// Matrix is every release on every board in every HTTP version. Releases are an axis of
// virtual boards, which are compared with the newest; a real board has the one that is on
// it, and espy hil finds its twin.
func Matrix(boards, releases, versions []string, file string) ([]Row, error) {
	h, err := Hardware(file)
	if err != nil {
		return nil, Mistake{err}
	}
	chosen, err := targets(boards, h)
	if err != nil {
		return nil, err
	}
	for _, r := range releases {
		if _, err := sim.Parse("sim:" + r); err != nil || !slices.Contains(sim.Releases(), r) {
			return nil, mistake("--release: there is no virtual board of MicroPython %s; there are %s", r, strings.Join(sim.Releases(), ", "))
		}
	}
	rows := []Row{}
	for _, t := range chosen {
		if _, err := powering(t, deploy.Files{}); err != nil {
			return nil, mistake("%w", err)
		}
		for _, release := range releasesOf(t, releases) {
			for _, v := range versions {
				rows = append(rows, row(t, release, releases[len(releases)-1], v))
			}
		}
	}
	if len(rows) > mostRows {
		return nil, mistake("that would be %d jobs, and GitHub makes %d of a matrix at most: take fewer boards, releases or versions", len(rows), mostRows)
	}
	return rows, nil
}

// releasesOf are the releases that there are of a board: one that is not an axis is "".
func releasesOf(t target, releases []string) []string {
	spec, err := sim.Parse(t.name)
	if t.entry != nil || err != nil || strings.ContainsAny(t.name, "@") || strings.HasSuffix(t.name, ":"+spec.Release.Name) {
		return []string{""}
	}
	return releases
}

// notPlain is what the names of CI artifacts may not hold.
var notPlain = regexp.MustCompile(`[^A-Za-z0-9.]+`)

func row(t target, release, newest, version string) Row {
	r := Row{Board: t.name, Release: release, HTTPVersion: version, Real: t.elsewhere()}
	r.On = r.Board
	if release != "" {
		r.Board = ofRelease(t.name, release)
		r.On = r.Board
		if release != newest {
			r.On = ofRelease(t.name, newest) + "," + r.Board
		}
	}
	r.Name = r.Board + ", HTTP/" + version
	if version == "auto" {
		r.Name = r.Board + ", auto"
	}
	r.ID = strings.Trim(notPlain.ReplaceAllString(r.Name, "-"), "-")
	return r
}

// ofRelease is a virtual board, or a virtual chip, of a release.
func ofRelease(name, release string) string {
	if strings.Contains(name, ":") {
		return name + "@" + release
	}
	return name + ":" + release
}
