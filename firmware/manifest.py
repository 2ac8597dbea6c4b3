# Freezes espy.requests, without the agent, into a build of MicroPython. From a manifest
# of one's own:
#
#     include("$(PORT_DIR)/boards/manifest.py")
#     include("/path/to/espy/firmware/manifest.py")
#
# and then: make -C ports/esp32 FROZEN_MANIFEST=/path/to/that/manifest.py

metadata(version="0.1.0", description="HTTP/1.0 and HTTP/1.1 client with the functions of requests")

package(
    "espy",
    files=(
        "_again.py",
        "_ask.py",
        "_auto.py",
        "_body.py",
        "_chunks.py",
        "_data.py",
        "_deadline.py",
        "_fields.py",
        "_find.py",
        "_framing.py",
        "_gzip.py",
        "_head.py",
        "_headers.py",
        "_names.py",
        "_odd.py",
        "_reference.py",
        "_response.py",
        "_session.py",
        "_tls.py",
        "_upload.py",
        "_url.py",
        "_user.py",
        "_view.py",
        "_wrong.py",
        "errors.py",
        "requests.py",
    ),
)
