//go:build peers

package deploy_test

import "testing"

// It takes half a minute, which is why it is not among the others.
func TestPeerCableThatIsPulledAtEveryByteLeavesTheFormerFirmwareOrTheNewOne(t *testing.T) {
	t.Parallel()
	pulled(t, 1)
}
