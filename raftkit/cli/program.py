"""The program with all of its commands: importing a module adds its commands to the group.

The parts that all commands share are in commands.py. It does not know what a command does.
"""

from raftkit.cli import (
    bench,
    doctor,
    explore,
    fuzz,
    linearizable,
    mutants,
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
    "mutants",
    "simulate",
    "site",
    "student_commands",
    "teacher_commands",
    "wrong_answers",
]
