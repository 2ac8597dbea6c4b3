package questions

import (
	_ "embed"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"
)

//go:embed ledger.yaml
var ledger []byte

// Ledger is the differences that may stand.
type Ledger []Entry

// Entry is one cause, and what differs for it.
type Entry struct {
	Cause string
	// Real says whom an ESP board agrees with: sim, unix, both (it depends on the
	// release), neither, or unknown.
	Real string
	// On are the virtual boards that differ, where other releases do not; empty: all.
	On []string
	// Asks are the differences, by the title of the question.
	Asks map[string][]Difference
}

// Difference is an ask and what either side answers.
type Difference struct{ Ask, Sim, Unix string }

// ReadLedger reads the bundled ledger and checks its form.
func ReadLedger() (Ledger, error) {
	var l Ledger
	if err := yaml.Unmarshal(ledger, &l); err != nil {
		return nil, fmt.Errorf("reading the ledger of differences: %w", err)
	}
	for _, e := range l {
		switch {
		case e.Cause == "" || len(e.Asks) == 0:
			return nil, fmt.Errorf("the ledger has an entry without cause or asks: %+v", e)
		case !slices.Contains([]string{"sim", "unix", "both", "neither", "unknown"}, e.Real):
			return nil, fmt.Errorf("the ledger's entry %q says that real boards agree with %q: it must be sim, unix, both, neither or unknown", e.Cause, e.Real)
		}
	}
	return l, nil
}

// On gives the differences that are expected of one virtual board in these
// questions, by title.
func (l Ledger) On(board string, asked []Question) map[string][]Difference {
	all := map[string][]Difference{}
	for _, e := range l {
		if len(e.On) > 0 && !slices.Contains(e.On, board) {
			continue
		}
		for _, q := range asked {
			all[q.Title] = append(all[q.Title], e.Asks[q.Title]...)
		}
	}
	return all
}
