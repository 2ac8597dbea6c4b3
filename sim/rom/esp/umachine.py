# The old name of machine, which boards still have.
import machine


def __getattr__(name):
    return getattr(machine, name)
