"""The fuzzer: random trials without end, each with a character of its own.

A trial is written while it runs, with an eye on who leads and who lags, so that its
acts hit where it hurts. `fuzz` is the entrance; what it finds is an ordinary trial.
"""

from raftkit.checkers.fuzzer.character import Character, draw_character
from raftkit.checkers.fuzzer.fuzzing import TRIALS, Fuzzing, fuzz
from raftkit.checkers.fuzzer.improvise import Played, improvise

__all__ = ["TRIALS", "Character", "Fuzzing", "Played", "draw_character", "fuzz", "improvise"]
