"""`python at_each_import.py ARGUMENTS`: run raftkit, and interrupt a copy of it at each import.

Whenever a module is looked for, a copy of this process is forked, which is interrupted there
and goes on. With ONLY, that are the packages it names and what is directly in them. What became
of the copies is written as JSON to the file REPORT.
"""

import json
import os
import signal
import sys
import tempfile

REPORT = os.environ["REPORT"]
ONLY = os.environ["ONLY"].split()
original = os.getpid()
copies = []


class Interrupting:
    """Finds no module, but interrupts a copy of whoever looks for one."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        package, *inside = name.split(".")
        if os.getpid() != original or (ONLY and (package not in ONLY or len(inside) > 1)):
            return
        with tempfile.TemporaryFile() as said:
            copy = os.fork()
            if copy == 0:
                os.dup2(said.fileno(), 1)
                os.dup2(said.fileno(), 2)
                signal.raise_signal(signal.SIGINT)
                return
            _, status = os.waitpid(copy, 0)
            said.seek(0)
            copies.append([name, os.waitstatus_to_exitcode(status), said.read().decode()])


signal.signal(signal.SIGINT, signal.default_int_handler)
from raftkit.cli import main  # noqa: E402

sys.meta_path.insert(0, Interrupting)
try:
    main()
finally:
    if os.getpid() == original:
        with open(REPORT, "w", encoding="utf-8") as file:
            json.dump(copies, file)
