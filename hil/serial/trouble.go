package serial

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"syscall"

	bugst "go.bug.st/serial"

	"github.com/espy-hil/espy/hil/board"
)

// explain says of an error of opening a device what it is and what to do.
func explain(err error, device string, opt Options) error {
	var e *bugst.PortError
	code := bugst.PortErrorCode(-1)
	if errors.As(err, &e) {
		code = e.Code()
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENXIO), errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.EIO), code == bugst.PortNotFound:
		ports, _ := opt.Finder.Ports() // what is attached is advice, no more
		return missing(fmt.Sprintf("there is no device %s", device), ports)
	case errors.Is(err, fs.ErrPermission), code == bugst.PermissionDenied:
		return fmt.Errorf("%w to open %s: %s", os.ErrPermission, device, permission(device))
	case code == bugst.PortBusy:
		return busy(device, holder(device))
	case code == bugst.InvalidSerialPort, errors.Is(err, syscall.ENOTTY), code == bugst.InvalidSpeed:
		return fmt.Errorf("opening %s: %w; it is no serial port, or not one for %d baud", device, err, opt.Baud)
	}
	return fmt.Errorf("opening %s: %w", device, err)
}

// missing says that a device is not there, and what is.
func missing(what string, ports []Port) error {
	advice := "none is attached: plug the board in, with a cable that carries data"
	var usb []string
	for _, p := range ports {
		if p.IsUSB() {
			usb = append(usb, p.Device)
		}
	}
	if len(usb) > 0 {
		advice = "attached are " + strings.Join(usb, ", ")
	}
	return fmt.Errorf("%w: %s; %s", board.ErrMissing, what, advice)
}

// ambiguous is the error of a number that does not tell which device is meant.
type ambiguous struct {
	number  string
	devices []string
}

func (e *ambiguous) Error() string {
	return fmt.Sprintf("the USB serial number %s is that of %s: name the board by its device (device: in espy.yaml), such as its link in /dev/serial/by-path",
		e.number, strings.Join(e.devices, " and of "))
}

// Final says that to try once more is of no use.
func (*ambiguous) Final() bool { return true }

// permission is what to do about a device that this user may not open.
func permission(device string) string {
	if group := groupOf(device); group != "" {
		return fmt.Sprintf("it belongs to the group %s: sudo usermod -aG %s $USER, then log out and in again", group, group)
	}
	if runtime.GOOS == "windows" {
		return "another program has it open, or it needs an administrator"
	}
	return "ask its owner (ls -l " + device + ")"
}

// busy says who has a device.
func busy(device, who string) error {
	if who == "" {
		who = "another program"
	}
	return fmt.Errorf("%w: %s has %s open; end it, or choose another board", board.ErrBusy, who, device)
}
