package profile

import "fmt"

// The ESP32-C3 is the generic module (boards/ESP32_GENERIC_C3). What it shares with
// the ESP32 is the port's.
var _ = add(Profile{
	Name:     "esp32-c3",
	Platform: "esp32",
	Modules:  []string{"esp", "esp32"},
	Machine:  "ESP32C3 module with ESP32C3",
	Build:    "ESP32_GENERIC_C3",
	Arch:     11, // rv32imc
	MHz:      []int{160, 20, 40, 80},
	MAC:      []byte{0x34, 0x85, 0x18, 0x5E, 0x00, 0x00},

	ROM:         esp32C3ROM,
	Loader:      "ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\nrst:0x1 (POWERON),boot:0x5 (DOWNLOAD(USB/UART0/1))\r\nwaiting for download\r\n",
	Baud:        115200,
	ResetCause:  esp32ResetCause,
	ExitReboots: true,

	Flash:     4 << 20,
	UserFlash: 2 << 20,
	Files:     2 << 20,
	BootFile:  esp32BootFile,

	Pins:         span(0, 13, 20, 21), // 18 and 19 are its USB
	InputOnly:    22,
	ADC:          span(0, 5),
	Timers:       2,
	UARTs:        2,
	RTCMemory:    2048,
	ClockKept:    esp32ClockKept,
	Constants:    esp32Constants,
	PinConstants: esp32PinConstants,
	WiFi:         esp32WiFi("mpy-esp32c3"),
	Sockets:      esp32Sockets,
	NoSocket:     esp32NoSocket,
})

func esp32C3ROM(why Cause) string {
	said := [causes]string{
		PowerOn:   "rst:0x1 (POWERON)",
		ResetPin:  "rst:0x1 (POWERON)",
		ByProgram: "rst:0x3 (RTC_SW_SYS_RST)",
		Bitten:    "rst:0x3 (RTC_SW_SYS_RST)",
		Woken:     "rst:0x5 (DSLEEP)",
		Panicked:  "rst:0x3 (RTC_SW_SYS_RST)",
	}
	saved := ""
	if why == ByProgram || why == Bitten || why == Panicked {
		saved = "Saved PC:0x40381856\r\n"
	}
	return fmt.Sprintf("ESP-ROM:esp32c3-api1-20210207\r\n"+
		"Build:Feb  7 2021\r\n"+
		"%s,boot:0xd (SPI_FAST_FLASH_BOOT)\r\n"+
		"%s"+
		"SPIWP:0xee\r\n"+
		"mode:DIO, clock div:1\r\n"+
		"load:0x3fcd5820,len:0x1574\r\n"+
		"load:0x403cc710,len:0xc30\r\n"+
		"load:0x403ce710,len:0x2f64\r\n"+
		"entry 0x403cc710\r\n", said[why], saved)
}
