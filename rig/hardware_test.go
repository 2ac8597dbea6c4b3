package rig

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/serial"
	"github.com/espy-hil/espy/scenarios"
)

func hardware(t *testing.T, text string) *scenarios.Hardware {
	t.Helper()
	h, err := scenarios.ParseHardware("espy.yaml", []byte(text))
	require.NoError(t, err)
	return h
}

const boards = `
boards:
  desk: {device: /dev/ttyUSB7, labels: [wifi, all]}
  shelf: {usb: "0001", labels: [all], reset: none}
  cellar: {url: rfc2217://pi:4000}
`

func names(all []target) []string {
	var names []string
	for _, t := range all {
		names = append(names, t.name+" is "+t.where())
	}
	return names
}

func TestBoardsAreChosenByNameAndByLabel(t *testing.T) {
	t.Parallel()
	h := hardware(t, boards)
	all, err := targets([]string{"sim", "label=all", "cellar", "serial:/dev/ttyUSB1"}, h)
	require.NoError(t, err)
	require.Equal(t, []string{
		"sim is sim", "desk is serial:/dev/ttyUSB7", "shelf is serial:usb=0001",
		"cellar is rfc2217://pi:4000", "serial:/dev/ttyUSB1 is serial:/dev/ttyUSB1",
	}, names(all))
	for _, one := range all[1:] {
		require.True(t, one.elsewhere())
	}
}

func TestAChoiceThatCannotBeIsAMistake(t *testing.T) {
	t.Parallel()
	h := hardware(t, boards)
	for on, want := range map[string][]string{
		"--on: no board has the label none; espy.yaml has desk, shelf, cellar, label=all, label=wifi": {"label=none"},
		"--on: board desk is listed twice; --repeat runs everything on it again":                      {"desk", "label=wifi"},
		"--on: desk and serial:/dev/ttyUSB7 are the same board, /dev/ttyUSB7":                         {"desk", "serial:/dev/ttyUSB7"},
		"--on: cellar and tcp://PI:4000 are the same board, pi:4000":                                  {"cellar", "tcp://PI:4000"},
	} {
		_, err := targets(want, h)
		require.EqualError(t, err, on)
		require.ErrorAs(t, err, new(Mistake))
	}
	_, err := targets([]string{"label=a"}, &scenarios.Hardware{})
	require.ErrorContains(t, err, "there is no espy.yaml here, nor above, that names boards")
}

func TestAttachedBoardsHaveTheirNamesInTheMap(t *testing.T) {
	byID := t.TempDir()
	t.Setenv(serial.ByIDVariable, byID)
	_, err := targets([]string{"serial:auto"}, hardware(t, boards))
	require.ErrorIs(t, err, ErrNoBoard)
	for _, link := range []string{"usb-A_B_0001-if00-port0", "usb-A_B_0002-if00-port0"} {
		require.NoError(t, os.Symlink("/dev/null", filepath.Join(byID, link)))
	}
	// Two links to one file would be one board.
	require.NoError(t, os.Remove(filepath.Join(byID, "usb-A_B_0002-if00-port0")))
	require.NoError(t, os.Symlink("/dev/zero", filepath.Join(byID, "usb-A_B_0002-if00-port0")))
	all, err := targets([]string{"serial:auto"}, hardware(t, boards))
	require.NoError(t, err)
	require.Equal(t, []string{"shelf is serial:usb=0001", "serial:" + byID + "/usb-A_B_0002-if00-port0 is serial:" + byID + "/usb-A_B_0002-if00-port0"}, names(all))
}

func TestBoardsWithOneNumberAreNamedByDevice(t *testing.T) {
	byID := t.TempDir()
	t.Setenv(serial.ByIDVariable, byID)
	one, other := filepath.Join(byID, "usb-A_B_0001-if00-port0"), filepath.Join(byID, "usb-A_C_0001-if00-port0")
	require.NoError(t, os.Symlink("/dev/null", one))
	_, err := targets([]string{"serial:usb=0001", "serial:" + one}, hardware(t, boards))
	require.EqualError(t, err, "--on: serial:usb=0001 and serial:"+one+" are the same board, /dev/null")
	_, err = targets([]string{"shelf", "serial:" + one}, hardware(t, boards))
	require.ErrorContains(t, err, "are the same board")
	_, err = targets([]string{"shelf", "serial:usb=0001"}, hardware(t, boards))
	require.ErrorContains(t, err, "are the same board")

	require.NoError(t, os.Symlink("/dev/zero", other))
	all, err := targets([]string{"serial:auto"}, hardware(t, boards))
	require.NoError(t, err, "they stop none of the others")
	require.Equal(t, []string{"serial:" + one + " is serial:" + one, "serial:" + other + " is serial:" + other}, names(all))
}

func TestABoardThatMustNotBeResetIsNot(t *testing.T) {
	t.Parallel()
	h := hardware(t, boards)
	all, err := targets([]string{"shelf"}, h)
	require.NoError(t, err)
	b, err := all[0].real()
	require.NoError(t, err)
	require.Equal(t, "shelf", b.Name())
	require.ErrorIs(t, b.Reset(t.Context()), board.ErrNoReset)
	require.ErrorIs(t, b.(*serial.Board).PowerCycle(t.Context()), board.ErrNoReset)
}

func TestTheCommandForThePowerIsRunAsItStands(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "out")
	b := &scenarios.Board{Name: "desk", Power: []string{"sh", "-c", `printf '%s %s' "$ESPY_BOARD" "$1" > ` + out, "sh", "$(id) ;"}}
	require.NoError(t, powerCommand(b)(t.Context()))
	got, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, "desk $(id) ;", string(got), "no shell has looked at it")

	b.Power = []string{"sh", "-c", "echo no relay; exit 3"}
	require.EqualError(t, powerCommand(b)(t.Context()), "the command for the power of board desk, sh -c echo no relay; exit 3: exit status 3: no relay")

	b.Power = []string{"sh", "-c", "sleep 1000 & sleep 1000"}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err = powerCommand(b)(ctx)
	require.ErrorContains(t, err, "it did not end in time")
	require.True(t, errors.Is(err, context.DeadlineExceeded))
	require.Nil(t, powerCommand(&scenarios.Board{}))
}

// One that is to be there and is not is told of, where no board is named, as one that
// has gone; flashing means the one that is there.
func TestABoardOfTheMapThatIsNotAttachedIsNotLeftOut(t *testing.T) {
	byID := t.TempDir()
	t.Setenv(serial.ByIDVariable, byID)
	dir := t.TempDir()
	file := filepath.Join(dir, "espy.yaml")
	require.NoError(t, os.WriteFile(file, []byte("boards:\n  shelf: {usb: '0001'}\n  desk: {usb: '0002'}\n"), 0o600))
	_, err := Attached(nil, file)
	require.ErrorIs(t, err, ErrNoBoard)
	require.ErrorContains(t, err, ". Not attached of "+file+": shelf, with the USB serial number 0001; desk, with the USB serial number 0002")
	_, _, err = flashable("", file)
	require.ErrorIs(t, err, ErrNoBoard)

	link := filepath.Join(byID, "usb-A_B_0002-if00-port0")
	require.NoError(t, os.Symlink("/dev/null", link))
	names, err := Attached(nil, file)
	require.NoError(t, err)
	require.Equal(t, []string{"desk", "shelf"}, names)
	one, port, err := flashable("", file)
	require.NoError(t, err)
	require.Equal(t, "desk "+link, one.name+" "+port)

	err = AtREPL(t.Context(), "shelf", file, "a test", nil)
	require.ErrorIs(t, err, board.ErrMissing)
	require.ErrorContains(t, err, "board shelf: the board is not there: no port has the USB serial number 0001; attached are "+link)
}
