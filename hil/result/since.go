package result

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strconv"
	"strings"
)

// ID names what was run, where, with what, for the how-manieth time, in twelve hex
// digits. The same run has the same ID on another night and on another machine.
func (r *Run) ID() string { return r.named(strconv.Itoa(r.Repeat)) }

// named is an ID; runs that differ in nothing but the repeat have one where it is left out.
func (r *Run) named(repeat string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		path.Base(strings.ReplaceAll(r.File, `\`, "/")), r.Scenario, r.Variant, r.Board, r.Client, r.HTTPVersion, repeat,
	}, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// Wrong tells whether a verdict says that something is not as it should be with what is
// tested.
func (v Verdict) Wrong() bool { return v == Fail || v == Diverged || v == Flaky }

// CompareWith says of each run that is not as it should be since when that is so: the
// start of the first of the results in a row in which it was, and which were compared
// in this way. It says as well which runs are mended. Where the rig failed, it says
// since when that is so, which is another matter: what was wrong before is neither mended
// nor new after it.
func (r *Report) CompareWith(previous *Report) {
	r.Previous = previous.Started
	wrong, rig := map[string]string{}, map[string]string{} // since when
	for i := range previous.Runs {
		run := &previous.Runs[i]
		switch {
		case run.Verdict.Wrong():
			note(wrong, run, cmp.Or(run.Since, previous.Started))
		case run.Verdict == Rig:
			note(rig, run, cmp.Or(run.Since, previous.Started))
		}
		if run.WrongSince != "" {
			note(wrong, run, run.WrongSince)
		}
	}
	for i := range r.Runs {
		run := &r.Runs[i]
		since, was := wrong[run.named("")]
		switch {
		case run.Verdict.Wrong():
		case run.Verdict == Rig:
			since, run.WrongSince = rig[run.named("")], since
		case run.Verdict == Skip:
			run.WrongSince = since
			continue
		default:
			run.Mended = was
			continue
		}
		if since == "" {
			since = r.Started
		}
		run.Since = since
	}
}

// note keeps since when a run is as it is; of repeats, the earliest.
func note(all map[string]string, r *Run, since string) {
	if known, ok := all[r.named("")]; !ok || since < known { // RFC 3339 in UTC sorts as text
		all[r.named("")] = since
	}
}
