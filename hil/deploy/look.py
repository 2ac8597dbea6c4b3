def _espy_look(folder, manifest, mark, others, finish):
    import gc, json, os
    from ubinascii import crc32, hexlify
    from uhashlib import sha256

    crc = 0

    def say(text):
        nonlocal crc
        text += "\n"
        crc = crc32(text, crc)
        print(text, end="")

    def look(name):
        h = sha256()
        b = bytearray(256)
        m = memoryview(b)
        try:
            with open(name, "rb") as f:
                while True:
                    n = f.readinto(b)
                    if not n:
                        break
                    h.update(m[:n])
        except OSError:
            return
        say("F %s %s" % (str(hexlify(h.digest()[:8]), "ascii"), name))

    init = folder + "/__init__.py"
    try:
        with open(init) as f:
            ours = f.readline().startswith(mark)
    except OSError:
        ours = False
    if ours and not finish:
        say("J")
    elif ours:
        with open(init) as f:
            code = f.read()
        exec(code, {})
    owned = set()
    for kind, name in (("M", manifest), ("N", manifest + ".new")):
        try:
            with open(name) as f:
                about = f.readline().strip()
                files = f.readline().strip()
            say(kind + " " + about + " " + files)
            owned.update(json.loads(files))
        except (OSError, ValueError):
            pass
    try:
        here = os.listdir(folder)
    except OSError:
        here = ()
    for name in here:
        look(folder + "/" + name)
    there = set(others.split())
    for name in owned:
        if name.rpartition("/")[0] != folder:
            there.add(name)
    for name in there:
        look(name)
        look(name + ".new")
        look(name[:-3] + ".mpy" if name.endswith(".py") else name[:-4] + ".py")
    try:
        s = os.statvfs("/")
        if s[2]:
            say("S %d %d" % (s[1] * s[3], s[1]))
    except (AttributeError, OSError):
        pass
    gc.collect()
    say("H %d" % gc.mem_free())
    print("E %d" % crc)
