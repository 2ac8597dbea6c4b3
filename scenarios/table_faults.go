package scenarios

import "github.com/espy-hil/espy/fakeapi/plan"

// faults is faults:, with a key for each kind there is.
var faults = object("a mapping of faults", checkFaults, faultKeys()...)

func faultKeys() (keys []key[[]plan.Fault]) {
	for _, k := range plan.FaultKinds() {
		keys = append(keys, field(k.Name, k.Says, textAs(k.Expects(), k.Takes.Pattern(), k.Parse),
			func(all *[]plan.Fault, f plan.Fault) { *all = append(*all, f) }))
	}
	return keys
}

// checkFaults refuses a fault beside one that leaves nothing for it to do.
func checkFaults(d *decoder, n *node, _ *[]plan.Fault) {
	on := func(i int) plan.Fault {
		if n.items[i].value == "false" {
			return plan.Fault{}
		}
		return plan.Fault{Name: n.keys[i].value, Amount: 1}
	}
	for i, k := range n.keys {
		for j, before := range n.keys[:i] {
			if k.value != before.value && plan.Excludes(on(j), on(i)) {
				d.fail(k, "leave one of them out", "%s: cannot stand beside %s: (line %d)", k.value, before.value, before.line)
				break
			}
		}
	}
}
