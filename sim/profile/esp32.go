package profile

import (
	"fmt"
	"time"
)

// The ESP32 is the generic module with 4 MB of flash (boards/ESP32_GENERIC).
var _ = add(Profile{
	Name:     "esp32",
	Platform: "esp32",
	Modules:  []string{"esp", "esp32"},
	Machine:  "Generic ESP32 module with ESP32",
	Build:    "ESP32_GENERIC",
	Arch:     10, // xtensawin
	MHz:      []int{160, 20, 40, 80, 240},
	MAC:      []byte{0x24, 0x0A, 0xC4, 0x5E, 0x00, 0x00},

	ROM:         esp32ROM,
	Loader:      "ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download\r\n",
	Baud:        115200,
	ResetCause:  esp32ResetCause,
	ExitReboots: true,

	Flash:     4 << 20,
	UserFlash: 2 << 20,
	Files:     2 << 20, // partitions-4MiB.csv
	BootFile:  esp32BootFile,

	Pins:         span(0, 23, 25, 27, 32, 39),
	InputOnly:    34,
	ADC:          []int{0, 2, 4, 12, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39},
	Timers:       4,
	UARTs:        3,
	RTCMemory:    2048,
	ClockKept:    esp32ClockKept,
	Constants:    esp32Constants,
	PinConstants: esp32PinConstants,
	WiFi:         esp32WiFi("mpy-esp32"),
	Sockets:      esp32Sockets,
	NoSocket:     esp32NoSocket,
})

// esp32ROM is the log of the ROM and of the second-stage bootloader, which is silent
// but for what the ROM says of it.
func esp32ROM(why Cause) string {
	said := [causes]string{
		PowerOn:   "rst:0x1 (POWERON_RESET)",
		ResetPin:  "rst:0x1 (POWERON_RESET)", // EN is the power of all but the RTC's own clock
		ByProgram: "rst:0xc (SW_CPU_RESET)",
		Bitten:    "rst:0xc (SW_CPU_RESET)", // the task watchdog ends in a panic, and that in a restart
		Woken:     "rst:0x5 (DEEPSLEEP_RESET)",
		Panicked:  "rst:0xc (SW_CPU_RESET)",
	}
	return fmt.Sprintf("ets Jul 29 2019 12:21:46\r\n\r\n"+
		"%s,boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"+
		"configsip: 0, SPIWP:0xee\r\n"+
		"clk_drv:0x00,q_drv:0x00,d_drv:0x00,cs0_drv:0x00,hd_drv:0x00,wp_drv:0x00\r\n"+
		"mode:DIO, clock div:2\r\n"+
		"load:0x3fff0030,len:4892\r\n"+
		"load:0x40078000,len:14896\r\n"+
		"load:0x40080400,len:4\r\n"+
		"load:0x40080404,len:3372\r\n"+
		"entry 0x400805b0\r\n", said[why])
}

// esp32ResetCause is reset_reason_t of ports/esp32/modmachine.c.
var esp32ResetCause = [causes]int{PowerOn: 1, ResetPin: 1, ByProgram: 2, Bitten: 3, SoftReset: 5, Panicked: 2, Woken: 4}

var esp32Constants = map[string]int{
	"PWRON_RESET": 1, "HARD_RESET": 2, "WDT_RESET": 3, "DEEPSLEEP_RESET": 4, "SOFT_RESET": 5,
	"SLEEP": 2, "DEEPSLEEP": 4,
	"PIN_WAKE": 2, "EXT0_WAKE": 2, "EXT1_WAKE": 3, "TIMER_WAKE": 4, "TOUCHPAD_WAKE": 5, "ULP_WAKE": 6,
}

// esp32PinConstants are gpio_mode_t and the rest of ports/esp32/machine_pin.c.
var esp32PinConstants = map[string]int{
	"IN": 1, "OUT": 3, "OPEN_DRAIN": 7, "PULL_UP": 2, "PULL_DOWN": 1,
	"IRQ_RISING": 1, "IRQ_FALLING": 2, "WAKE_LOW": 4, "WAKE_HIGH": 5,
	"DRIVE_0": 0, "DRIVE_1": 1, "DRIVE_2": 2, "DRIVE_3": 3,
}

// esp32ClockKept: the IDF keeps the time in memory that only a loss of power clears.
var esp32ClockKept = []Cause{ByProgram, Bitten, Woken, Panicked}

const esp32BootFile = `# This file is executed on every boot (including wake-boot from deepsleep)
#import esp
#esp.osdebug(None)
#import webrepl
#webrepl.start()
`

// esp32WiFi is ports/esp32/network_wlan.c over the IDF's Wi-Fi.
func esp32WiFi(hostname string) WiFi {
	return WiFi{
		Hostname: hostname,
		Idle:     1000, Connecting: 1001, WrongPassword: 202, NoNetwork: 201, Joined: 1010, LostIs: 1001,
		// The log of an ESP32 that is refused: reason 15 3 s after connect, and 205, which
		// status knows, after another scan.
		Scan: 2400 * time.Millisecond, Join: 1900 * time.Millisecond,
		Refuse: 5400 * time.Millisecond, Silence: 6 * time.Second, // the IDF's beacon timeout
		NameUnknown: -202,
		Constants: map[string]int{
			"STA_IF": 0, "AP_IF": 1,
			"STAT_IDLE": 1000, "STAT_CONNECTING": 1001, "STAT_GOT_IP": 1010,
			"STAT_NO_AP_FOUND": 201, "STAT_WRONG_PASSWORD": 202, "STAT_BEACON_TIMEOUT": 200,
			"STAT_ASSOC_FAIL": 203, "STAT_CONNECT_FAIL": 203, "STAT_HANDSHAKE_TIMEOUT": 204,
			"STAT_NO_AP_FOUND_W_COMPATIBLE_SECURITY": 210,
			"STAT_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD": 211,
			"STAT_NO_AP_FOUND_IN_RSSI_THRESHOLD":     212,
			"MODE_11B":                               1, "MODE_11G": 2, "MODE_11N": 4, "MODE_LR": 8,
			"AUTH_OPEN": 0, "AUTH_WEP": 1, "AUTH_WPA_PSK": 2, "AUTH_WPA2_PSK": 3, "AUTH_WPA_WPA2_PSK": 4,
			"AUTH_WPA2_ENTERPRISE": 5, "AUTH_WPA3_PSK": 6, "AUTH_WPA2_WPA3_PSK": 7, "AUTH_WAPI_PSK": 8,
			"AUTH_OWE": 9,
		},
	}
}

// span gives the numbers of ranges, both ends included.
func span(bounds ...int) (all []int) {
	for i := 0; i < len(bounds); i += 2 {
		for n := bounds[i]; n <= bounds[i+1]; n++ {
			all = append(all, n)
		}
	}
	return all
}

// The IDF's CONFIG_LWIP_MAX_SOCKETS, and the ENFILE with which its sockets say so.
const (
	esp32Sockets  = 10
	esp32NoSocket = 23
)
