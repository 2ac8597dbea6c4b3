//go:build !darwin || cgo

package serial

import (
	"fmt"

	"go.bug.st/serial/enumerator"
)

// system is what the system lists.
type system struct{}

func (system) Ports() ([]Port, error) {
	details, err := enumerator.GetDetailedPortsList()
	if err != nil {
		return nil, fmt.Errorf("listing the serial ports of this machine: %w", err)
	}
	var all []Port
	for _, d := range details {
		if d.Name == "" {
			continue // a terminal without hardware
		}
		p := Port{Device: d.Name, Vendor: d.VID, Product: d.PID, Number: d.SerialNumber, Text: d.Product}
		if p.Text == "" {
			p.Text = d.Manufacturer
		}
		all = append(all, p)
	}
	return all, nil
}
