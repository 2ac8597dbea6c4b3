package jsonfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/espy-hil/espy/hil/report/file"
	"github.com/espy-hil/espy/hil/result"
)

// Read reads results that were saved. Whatever the file is instead, the error says so,
// and what to do.
func Read(path string) (*result.Report, error) {
	r, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("reading results from %s: %w", path, file.Unnamed(err))
	}
	return r, nil
}

func read(path string) (*result.Report, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%w; espy run --json FILE writes results", file.Unnamed(err))
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errors.New("that is a folder; name a file in it, which espy run --json has written")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(text)
}

// Parse reads results from their text.
func Parse(text []byte) (*result.Report, error) {
	var form struct {
		Espy   *string          `json:"espy"`
		Format int              `json:"format"`
		Runs   *json.RawMessage `json:"runs"`
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("it is empty: whatever was to write it did not come to that; run espy run --json again")
	}
	if bytes.HasPrefix(text, []byte(`{"journal":`)) {
		return nil, errors.New("it is the journal of an espy run that was cut off before it wrote its results: " +
			"espy run --resume with the file of --json, which this is called after, goes on with it and writes them")
	}
	var mistyped *json.UnmarshalTypeError
	if err := json.Unmarshal(text, &form); errors.As(err, &mistyped) {
		return nil, errForeign
	} else if err != nil {
		return nil, malformed(text, err)
	}
	switch {
	case form.Format > result.Format:
		return nil, fmt.Errorf("they are of format %d, which espy %s wrote; this espy knows formats up to %d: use one as new as that", form.Format, said(form.Espy), result.Format)
	case form.Espy == nil || form.Runs == nil || bytes.Equal(*form.Runs, []byte("null")):
		return nil, errForeign
	}
	var r result.Report
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("they are not as espy writes them: %w", err)
	}
	for i := range r.Runs {
		if v := r.Runs[i].Verdict; !slices.Contains(result.Verdicts, v) {
			return nil, fmt.Errorf("run %d has the verdict %q, which this espy does not know: use one as new as espy %s, which wrote it", i+1, v, r.Espy)
		}
	}
	return &r, nil
}

var errForeign = errors.New(`it is JSON of another program: results of espy run have "espy" and "runs" at the top`)

func said(version *string) string {
	if version == nil {
		return "of another version"
	}
	return *version
}

// malformed says what a text is that is no JSON.
func malformed(text []byte, err error) error {
	var wrong *json.SyntaxError
	if !errors.As(err, &wrong) {
		return err
	}
	if int(wrong.Offset) >= len(text) && errors.Is(json.NewDecoder(bytes.NewReader(text)).Decode(new(any)), io.ErrUnexpectedEOF) {
		return fmt.Errorf("it breaks off after %d bytes, in the middle: it was cut short when it was written or copied; take all of it", len(text))
	}
	before := text[:min(max(wrong.Offset-1, 0), int64(len(text)))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n')
	err = fmt.Errorf("it is not JSON: line %d, column %d: %w", line, column, wrong)
	if first := bytes.TrimSpace(text); first[0] == '<' {
		err = fmt.Errorf("%w; it looks like XML or HTML: name the file of --json", err)
	}
	return err
}
