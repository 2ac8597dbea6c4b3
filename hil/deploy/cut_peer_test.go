//go:build peers

package deploy_test

import "testing"

// These take half a minute, which is why they are not among the others.
func TestPeerCableThatIsPulledAtEveryByteLeavesTheFormerFirmwareOrTheNewOne(t *testing.T) {
	t.Parallel()
	pulled(t, 1)
}

func TestPeerPowerThatFailsAtEveryByteWrittenLeavesTheFormerFirmwareOrTheNewOne(t *testing.T) {
	t.Parallel()
	failing(t, 1)
}
