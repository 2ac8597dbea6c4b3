"""A body to send, from data= and json=."""


def body(data, json):
    """(body, its Content-Type if it has one by itself)."""
    if json is not None:
        if data is not None:
            raise ValueError("data, json: expected one of them, got both")
        from json import dumps

        return dumps(json).encode(), "application/json"
    if isinstance(data, (bytes, bytearray)):
        return data, None
    if isinstance(data, str):
        return data.encode(), None
    from ._upload import prepare

    return prepare(data)
