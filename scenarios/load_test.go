package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryBundledScenarioLoads(t *testing.T) {
	t.Parallel()
	list, err := LoadBundled()
	if err != nil {
		t.Fatal(err)
	}
	require.NotEmpty(t, list)
}
