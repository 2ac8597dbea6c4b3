package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// clean fails where a file of a folder holds a secret. It looks for the encodings by
// itself: what the redactor does not know of, it is to find all the same.
func clean(ts *testscript.TestScript, _ bool, args []string) {
	var needles []string
	for _, name := range append([]string{"ESPY_WIFI_PASSWORD"}, strings.Split(ts.Getenv("ESPY_SECRETS"), ",")...) {
		needles = append(needles, disguises(ts.Getenv(name))...)
	}
	files := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for _, needle := range needles {
			if bytes.Contains(text, []byte(needle)) {
				ts.Fatalf("%s holds %q", path, needle)
			}
		}
		return err
	}))
	if files == 0 {
		ts.Fatalf("there is nothing in %s", args[0])
	}
}

// disguises are what a secret looks like in a file.
func disguises(secret string) []string {
	all := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), hex.EncodeToString([]byte(secret)), strings.ReplaceAll(secret, "/", `\/`)}
	for before := range 3 {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", before) + secret))
		all = append(all, text[4:len(text)-4]) // what does not depend on what stands around it
	}
	return all
}
