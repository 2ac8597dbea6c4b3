package serial

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Port is a serial port that is attached.
type Port struct {
	Device  string `json:"device"`  // the file to open
	Vendor  string `json:"vendor"`  // USB vendor id, four hex digits; empty: not on USB, or not known
	Product string `json:"product"` // USB product id, likewise
	Number  string `json:"serial"`  // USB serial number; empty: it has none
	Text    string `json:"text"`    // what the device calls itself
}

// IsUSB tells whether the port is on USB, as those of boards are.
func (p Port) IsUSB() bool { return p.Vendor != "" || p.Number != "" }

// Exists tells whether there is such a device.
func Exists(device string) bool {
	if _, err := os.Stat(device); err == nil {
		return true
	}
	return strings.HasPrefix(strings.ToUpper(device), "COM") // which Windows does not show as a file
}

// WithNumber are the devices, each once, whose port has a USB serial number: several
// where their maker has given all the same.
func WithNumber(ports []Port, number string) []string {
	var devices []string
	seen := map[string]bool{}
	for _, p := range ports {
		real, err := filepath.EvalSymlinks(p.Device)
		if err != nil {
			real = p.Device
		}
		if p.Number == number && !seen[real] {
			seen[real] = true
			devices = append(devices, p.Device)
		}
	}
	return devices
}

// Holder is who has a device, as its lock file and the system tell; empty: nobody who
// is known.
func Holder(device string) string { return holder(device) }

// A Finder lists the ports that are attached.
type Finder interface{ Ports() ([]Port, error) }

// ByIDVariable names a folder of links to devices, as udev makes in /dev/serial/by-id,
// that is to be taken for the list of what is attached: where a container is given
// devices, and not the system's knowledge of them.
const ByIDVariable = "ESPY_SERIAL_BY_ID"

// System is what this machine lists.
func System() Finder {
	if folder := os.Getenv(ByIDVariable); folder != "" {
		return ByID(folder)
	}
	return system{}
}

// Attached are the ports that may be boards: those on USB, by device.
func Attached(f Finder) ([]Port, error) {
	all, err := f.Ports()
	if err != nil {
		return nil, err
	}
	usb := slices.DeleteFunc(all, func(p Port) bool { return !p.IsUSB() })
	slices.SortFunc(usb, func(a, b Port) int { return strings.Compare(a.Device, b.Device) })
	return usb, nil
}

// ByID is a folder of links to devices whose names say what USB says of them:
//
//	usb-Silicon_Labs_CP2102_USB_to_UART_Bridge_Controller_0001-if00-port0
//
// which is maker and product, serial number, interface.
type ByID string

// usbLink takes a link's name apart.
var usbLink = regexp.MustCompile(`^usb-(.+)_([^_]+)-if\d+(?:-port\d+)?$`)

// Ports lists the folder. One that is not there has nothing in it: udev makes it when
// the first device comes.
func (folder ByID) Ports() ([]Port, error) {
	entries, err := os.ReadDir(string(folder))
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Port
	for _, e := range entries {
		path := filepath.Join(string(folder), e.Name())
		if _, err := os.Stat(path); err != nil {
			continue // the device is gone, and its link is going
		}
		p := Port{Device: path}
		if m := usbLink.FindStringSubmatch(e.Name()); m != nil {
			p.Text, p.Number = strings.ReplaceAll(m[1], "_", " "), m[2]
		}
		all = append(all, p)
	}
	return all, nil
}

// numberOf is the USB serial number of a device; empty: it has none, or that is not
// known. It may be asked for often: a finder that fails has no answer.
func numberOf(f Finder, device string) string {
	ports, err := f.Ports()
	if err != nil {
		return ""
	}
	real, err := filepath.EvalSymlinks(device)
	if err != nil {
		return ""
	}
	number := ""
	for _, p := range ports {
		if other, err := filepath.EvalSymlinks(p.Device); err == nil && other == real {
			number = p.Number
		}
	}
	// Some makers give all their devices the same: it tells nothing then.
	same := 0
	for _, p := range ports {
		if p.Number == number {
			same++
		}
	}
	if same > 1 {
		return ""
	}
	return number
}
