package digest

import (
	"fmt"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// A Mood is how good a report is.
type Mood string

// The moods.
const (
	Good Mood = "good" // all is as it should be
	Bad  Mood = "bad"  // something is not
	Poor Mood = "poor" // not enough was learnt: the rig failed, or not all was run
)

// Headline says in a few words how it went, and how good that is.
func Headline(r *result.Report) (string, Mood) {
	wrong := r.Totals.Fail + r.Totals.Diverged + r.Totals.Flaky
	all := plain.Number(r.Totals.All(), "run")
	switch {
	case wrong == 1:
		return fmt.Sprintf("1 of %s is not as it should be", all), Bad
	case wrong > 0:
		return fmt.Sprintf("%d of %s are not as they should be", wrong, all), Bad
	case len(r.Stale) == 1:
		return "1 difference in the ledger is gone", Bad
	case len(r.Stale) > 1:
		return fmt.Sprintf("%d differences in the ledger are gone", len(r.Stale)), Bad
	case r.Totals.Rig > 0:
		return fmt.Sprintf("The rig failed in %d of %s", r.Totals.Rig, all), Poor
	case r.Totals.All() == 0:
		return "Nothing was run", Poor
	case r.Interrupted:
		return "Stopped early, without a failure in " + all, Poor
	case r.Totals.Skip == r.Totals.All():
		return "Nothing was run: " + plain.Number(r.Totals.Skip, "run") + " skipped", Poor
	case r.Totals.All() == 1:
		return "The run is as it should be", Good
	case r.Totals.Skip > 0:
		made := r.Totals.All() - r.Totals.Skip
		return fmt.Sprintf("All %s that were made are as they should be, %d skipped", plain.Number(made, "run"), r.Totals.Skip), Good
	default:
		return "All " + all + " are as they should be", Good
	}
}
