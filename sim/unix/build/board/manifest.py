# The HTTP client that MicroPython's users have by default, and asyncio.
include("$(MPY_DIR)/extmod/asyncio")
require("requests")
