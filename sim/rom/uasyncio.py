# What asyncio was called; boards still have both names.
def __getattr__(name):
    import asyncio

    return getattr(asyncio, name)
