// Package serial reaches a board on a serial port of this machine.
//
//	serial:PORT          a device: /dev/ttyUSB0, a link to one, COM3
//	serial:usb=NUMBER    the device with this USB serial number, wherever it is plugged in
//	serial:auto          every board that is attached: see [Finder]
//
// The words: a port is what the system lists, with what USB says of it; a device is
// the file to open. A board is remembered by the USB serial number of its port, so that
// one that was unplugged is found again, under whichever name.
//
//	Write --pipe--> writer ----> device     a write to it can block for ever
//	Read  <--pipe-- feeder <--chunks-- reader <---- device
//
// Opening resets no board: see package lines. A device is ours alone while it is open:
// by TIOCEXCL, and, since root ignores that, by a lock file of the kind that minicom and
// ser2net know as well.
package serial
