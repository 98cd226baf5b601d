"""`raftkit ...`: the command line, a module for each kind of user.

Every command starts in about 0.3 s, so whatever is heavy is imported inside of
it. What all commands share stands in commands.py.
"""

# Importing a module puts its commands into the group.
from raftkit.cli import (
    bench,
    class_work,
    classroom,
    doctor,
    explore,
    fuzz,
    linearizable,
    simulate,
    site,
    wrong_answers,
)
from raftkit.cli.commands import main

__all__ = [
    "bench",
    "class_work",
    "classroom",
    "doctor",
    "explore",
    "fuzz",
    "linearizable",
    "main",
    "simulate",
    "site",
    "wrong_answers",
]
