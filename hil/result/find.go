package result

import (
	"strconv"
	"strings"
)

// Find is the runs that a user means: one by its number, from 1 in the order of the
// report, or those whose scenario, variant, board, client, version, verdict and file
// have all the words in them, in any case. Of these, a scenario of just that name is
// meant before others. They are places in r.Runs.
func Find(r *Report, words string) []int {
	if n, err := strconv.Atoi(strings.TrimPrefix(words, "#")); err == nil {
		if n < 1 || n > len(r.Runs) {
			return nil
		}
		return []int{n - 1}
	}
	var exact, all []int
	wanted := strings.Fields(strings.ToLower(words))
	for i := range r.Runs {
		run := &r.Runs[i]
		if run.Scenario == words || run.Scenario+" ["+run.Variant+"]" == words {
			exact = append(exact, i)
		}
		told := strings.ToLower(strings.Join([]string{
			run.Scenario, run.Variant, run.Board, run.Client, run.HTTPVersion, string(run.Verdict), run.File,
		}, " "))
		if has(told, wanted) {
			all = append(all, i)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return all
}

func has(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
