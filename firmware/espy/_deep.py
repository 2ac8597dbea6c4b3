"""JSON of what is nested too deep for json.dumps, which calls itself for each level: a board's C stack is small."""

import json


def dumps(value):
    text = []
    left = [value]  # to be written, the last first; a tuple is text as it is
    while left:
        it = left.pop()
        if isinstance(it, tuple):
            text.append(it[0])
        elif it and isinstance(it, (dict, list)):
            named = isinstance(it, dict)
            left.append(("}" if named else "]",))
            ahead = []
            for item in it:
                ahead.append((", " if ahead else "{" if named else "[",))
                if named:
                    ahead.append((json.dumps(item) + ": ",))
                    item = it[item]
                ahead.append(item)
            left.extend(reversed(ahead))
        else:
            text.append(json.dumps(it))
    return "".join(text)
