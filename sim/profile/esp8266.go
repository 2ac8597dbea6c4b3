package profile

import (
	"fmt"
	"time"
)

// The ESP8266 is the generic module with 2 MiB of flash and more, here 4
// (boards/ESP8266_GENERIC).
var _ = add(Profile{
	Name:     "esp8266",
	Platform: "esp8266",
	Modules:  []string{"esp", "esp8266"},
	Machine:  "ESP module with ESP8266",
	Build:    "ESP8266_GENERIC",
	Release:  "2.2.0-dev(9422289)", // that of the SDK
	Arch:     9,                    // xtensa
	MHz:      []int{80, 160},
	MAC:      []byte{0x5C, 0xCF, 0x7F, 0x5E, 0x00, 0x00}, // a block of Espressif's

	ShortID: true,

	ROM:        esp8266ROM,
	Loader:     "\n ets Jan  8 2013,rst cause:2, boot mode:(1,6)\r\n\r\n",
	Baud:       74880, // its 26 MHz crystal, where the ROM reckons with 40
	Gap:        "\r\n",
	ResetCause: [causes]int{PowerOn: 0, ResetPin: 6, ByProgram: 4, Bitten: 3, SoftReset: -1, Panicked: 2, Woken: 5},

	Flash:     4 << 20,
	UserFlash: 1 << 20,
	Files:     (4<<20-20480)/4096*4096 - 1<<20, // modules/flashbdev.py
	BootFile: `# This file is executed on every boot (including wake-boot from deepsleep)
#import esp
#esp.osdebug(None)
import os, machine
#os.dupterm(None, 1) # disable REPL on UART(0)
import gc
#import webrepl
#webrepl.start()
gc.collect()
`,

	Pins:       []int{0, 1, 2, 3, 4, 5, 9, 10, 12, 13, 14, 15, 16},
	InputOnly:  17,
	UARTs:      2,
	RTCMemory:  492, // 512 less what stands before it
	ClockFalls: true,
	Constants: map[string]int{ // the SDK's rst_reason
		"PWRON_RESET": 0, "HARD_RESET": 6, "DEEPSLEEP_RESET": 5, "WDT_RESET": 1, "SOFT_RESET": 4,
		"DEEPSLEEP": 4,
	},
	PinConstants: map[string]int{
		"IN": 0, "OUT": 1, "OPEN_DRAIN": 2, "PULL_UP": 1, "IRQ_RISING": 1, "IRQ_FALLING": 2,
	},
	Sockets: 5, NoSocket: 12, // lwIP's MEMP_NUM_TCP_PCB; extmod/modlwip.c says ENOMEM
	WiFi: WiFi{
		Hostname: "mpy-esp8266",
		Idle:     0, Connecting: 1, WrongPassword: 2, NoNetwork: 3, Joined: 5, LostIs: 1,
		Remembers: true,
		Scan:      2200 * time.Millisecond, Join: 3500 * time.Millisecond,
		Refuse: 4 * time.Second, Silence: 8 * time.Second,
		NameUnknown: -2,
		Constants: map[string]int{
			"STA_IF": 0, "AP_IF": 1,
			"STAT_IDLE": 0, "STAT_CONNECTING": 1, "STAT_WRONG_PASSWORD": 2,
			"STAT_NO_AP_FOUND": 3, "STAT_CONNECT_FAIL": 4, "STAT_GOT_IP": 5,
			"MODE_11B": 1, "MODE_11G": 2, "MODE_11N": 3,
			"AUTH_OPEN": 0, "AUTH_WEP": 1, "AUTH_WPA_PSK": 2, "AUTH_WPA2_PSK": 3, "AUTH_WPA_WPA2_PSK": 4,
		},
	},
})

func esp8266ROM(why Cause) string {
	said := [causes]int{PowerOn: 1, ResetPin: 2, ByProgram: 2, Bitten: 2, Woken: 2, Panicked: 2}
	return fmt.Sprintf("\n ets Jan  8 2013,rst cause:%d, boot mode:(3,6)\r\n\r\n"+
		"load 0x40100000, len 31024, room 16 \r\n"+
		"tail 0\r\n"+
		"chksum 0xb5\r\n"+
		"load 0x3ffe8000, len 1116, room 8 \r\n"+
		"tail 4\r\n"+
		"chksum 0xd3\r\n"+
		"load 0x3ffe8460, len 3204, room 4 \r\n"+
		"tail 0\r\n"+
		"chksum 0x2c\r\n"+
		"csum 0x2c\r\n", said[why])
}
