package run

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/espy-hil/espy/scenarios"
)

// Select keeps the scenarios that have one of the tags and none of those that are
// negated (!slow). Without tags it keeps them all. That none is left is an error,
// which says what tags there are.
func Select(all []*scenarios.Scenario, tags []string) ([]*scenarios.Scenario, error) {
	var wanted, unwanted []string
	for _, tag := range tags {
		if not, negated := strings.CutPrefix(tag, "!"); negated {
			unwanted = append(unwanted, not)
		} else {
			wanted = append(wanted, tag)
		}
	}
	var selected []*scenarios.Scenario
	known := map[string]bool{}
	for _, s := range all {
		has := func(tag string) bool { return slices.Contains(s.Tags, tag) }
		if (len(wanted) == 0 || slices.ContainsFunc(wanted, has)) && !slices.ContainsFunc(unwanted, has) {
			selected = append(selected, s)
		}
		for _, tag := range s.Tags {
			known[tag] = true
		}
	}
	if len(selected) == 0 {
		there := "none of them has any"
		if len(known) > 0 {
			there = "there are the tags " + strings.Join(slices.Sorted(maps.Keys(known)), ", ")
		}
		return nil, fmt.Errorf("none of the %d scenarios matches the tags %s; %s", len(all), strings.Join(tags, ", "), there)
	}
	return selected, nil
}
