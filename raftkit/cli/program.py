"""The program with all of its commands: importing a module puts its commands into the group.

What all commands share stands in commands.py.
"""

from raftkit.cli import (
    bench,
    doctor,
    explore,
    fuzz,
    linearizable,
    simulate,
    site,
    student_commands,
    teacher_commands,
    wrong_answers,
)
from raftkit.cli.commands import all_commands

__all__ = [
    "all_commands",
    "bench",
    "doctor",
    "explore",
    "fuzz",
    "linearizable",
    "simulate",
    "site",
    "student_commands",
    "teacher_commands",
    "wrong_answers",
]
