"""The last cases of a whole server: the lint, and searches whose finding is shrunk.

Both take a class of servers as it comes, and neither knows exercises or points.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from raftkit.checkers import Trial, run_trial, search, shrink
from raftkit.checkers.fuzzer import fuzz
from raftkit.checkers.lint import LintFinding, lint_server
from raftkit.checkers.python_source import program
from raftkit.course.checking.drills import short_trial_seeds
from raftkit.course.checking.property_sentences import in_words
from raftkit.course.checking.result import RECORDS_DRAWN
from raftkit.course.checking.server_stages import Finding
from raftkit.simulator.raft_system import MakeServer
from raftkit.views import space_time

FUZZED = 100


@dataclass(frozen=True)
class Linted:
    """Some kinds of lint (raftkit.checkers.lint), looked for in the student's own class."""

    names: tuple[str, ...]

    def finding(self, make_server: MakeServer, seed: int) -> Finding | None:
        """What the lint says of these kinds."""
        for found in _findings(make_server):
            if found.kind in self.names:
                return Finding((("Found", f"{found.kind}."), ("Here", found.sentence)))
        return None


# By the servers, as long as they are: two cases ask for one lint.
_found: WeakKeyDictionary[Any, tuple[LintFinding, ...]] = WeakKeyDictionary()


def _findings(make_server: MakeServer) -> tuple[LintFinding, ...]:
    """All that the lint finds in a class of servers."""
    if make_server not in _found:
        # It reads the code of a class, if it is there to be read, and not its guard's.
        inspected: Any = getattr(make_server, "inspected", make_server)
        _found[make_server] = lint_server(inspected)
    return _found[make_server]


@dataclass(frozen=True)
class Searched:
    """Trials, one after the other; the first that breaks a property is shrunk and drawn."""

    trial: Callable[[MakeServer, int], Trial | None]

    def finding(self, make_server: MakeServer, seed: int) -> Finding | None:
        """The smallest history of what was found."""
        found = self.trial(make_server, seed)
        if found is None:
            return None
        smallest = shrink(found, make_server=make_server)
        cluster = run_trial(smallest, make_server=make_server)
        violation = cluster.violations[0]
        lines = (("Broken", in_words(violation)), ("Here", violation.detail))
        records = cluster.history.records
        first = records[max(0, len(records) - RECORDS_DRAWN)].time
        drawn = space_time(cluster.history, first_ms=first / 1000, violation=violation)
        # What is there in braces by itself must not be taken for the answer's place.
        text = program(smallest, make_server="ANSWER").replace("{", "{{").replace("}", "}}")
        again = text.replace("make_server=ANSWER", "make_server={answer}")
        return Finding(lines, drawn, again, cluster.history)


def short_trials(make_server: MakeServer, seed: int) -> Trial | None:
    """A short schedule of faults that breaks a property, or None."""
    return search(None, short_trial_seeds(seed), make_server=make_server)


def fuzzed(make_server: MakeServer, seed: int) -> Trial | None:
    """A trial of the fuzzer that breaks a property, or None."""
    return fuzz(None, make_server, seed=seed, trials=FUZZED, shrinks=False).found
