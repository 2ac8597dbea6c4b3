# The name that socket had before MicroPython 1.21.
from socket import *
