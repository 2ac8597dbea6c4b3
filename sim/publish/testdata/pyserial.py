# What a program does that has a board on a serial port of the network, with pyserial.
import serial, sys, time
p = serial.serial_for_url(sys.argv[1], timeout=10, baudrate=115200)
def until(mark):
    got = p.read_until(mark)
    assert got.endswith(mark), got
    return got
p.write(b"\r\x03\x03\x01"); until(b"raw REPL; CTRL-B to exit\r\n>")
p.write(b"kept = 1\nimport sys\nsys.stdout.buffer.write(bytes(i for i in range(256) if i != 10))\x04")
until(b"OK"); got = p.read(255); assert got == bytes(i for i in range(256) if i != 10), got
until(b"\x04\x04>")
p.baudrate = 9600; p.parity = 'E'; p.stopbits = 2; p.bytesize = 7
p.baudrate = 115200; p.parity = 'N'; p.stopbits = 1; p.bytesize = 8
assert p.cts and p.dsr and p.cd and not p.ri
p.send_break(0.01); p.reset_input_buffer(); p.reset_output_buffer()
p.write(b"while True: pass\x04"); until(b"OK")
p.dtr = False; p.rts = True
time.sleep(.1)
p.rts = False
until(b">>> ")
p.write(b"\x01"); until(b"raw REPL; CTRL-B to exit\r\n>")
p.write(b"print('kept' in globals())\x04"); assert until(b"\x04>") == b"OKFalse\r\n\x04\x04>"
p.close(); print("good")
