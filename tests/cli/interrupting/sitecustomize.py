"""A Python that interrupts its whole group of processes once, as a terminal does at Ctrl-C.

Where is told by AT: "worker MODULE" (when a worker process looks for that module; without one,
at its first instruction), "main MODULE", or "fork" (the first instruction of a forked process).
WITH is the signal; if it is not SIGINT, the first process alone gets it.
"""

import os
import signal
import sys

where, _, name = os.environ.get("AT", "").partition(" ")
sign = signal.Signals[os.environ.get("WITH", "SIGINT")]
is_worker = "--multiprocessing-fork" in sys.orig_argv
# Every process of the group but the first is a child of it.
first = os.getpgrp()


def interrupt():
    if sign is signal.SIGINT:
        os.killpg(first, sign)
    else:
        os.kill(first, sign)


class Finder:
    """Finds no module, but interrupts when `name` is looked for."""

    @staticmethod
    def find_spec(sought, path=None, target=None):
        if sought == name:
            sys.meta_path.remove(Finder)
            interrupt()


def is_meant():
    if where == "worker":
        return is_worker
    return where == "main" and os.getpid() == first


if is_meant() and name:
    sys.meta_path.insert(0, Finder)
elif is_meant():
    interrupt()
elif where == "fork":
    os.register_at_fork(after_in_child=interrupt)
