"""The tests of a whole server's last stage: the lint, and searches whose finding is shrunk.

They are given a class of servers; exercises and points are not known here.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from raftkit.checkers import Cluster, Trial, run_trial, search, shrink
from raftkit.checkers.explorer import NotSearchable
from raftkit.checkers.fuzzer import fuzz
from raftkit.checkers.lint import LintFinding, lint_server
from raftkit.checkers.lint.replay import record_run
from raftkit.checkers.trial_program import program
from raftkit.checkers.walks import first_broken
from raftkit.course.checking.cluster_trials import short_trial_seeds
from raftkit.course.checking.property_sentences import in_words
from raftkit.course.checking.result import BUT, draw_end
from raftkit.course.checking.server_stages import NOT_ASKED, Finding
from raftkit.protocol import Rules
from raftkit.simulator.raft_system import MakeServer

FUZZED = 100


@dataclass(frozen=True)
class LintTest:
    """Some kinds of lint (raftkit.checkers.lint), looked for in the student's class."""

    names: tuple[str, ...]

    def finding(self, make_server: MakeServer, seed: int) -> Finding | None:
        """The first finding of one of these kinds. Raises `StudentError` for an endless loop."""
        for found in _findings(make_server):
            if found.kind in self.names:
                return Finding((("Found", f"{found.kind}."), ("Here", found.sentence)))
        return None if carries_out(make_server, seed) else NOT_ASKED


# The findings by class, because two cases ask for the same lint; forgotten with the class.
_found: WeakKeyDictionary[Any, tuple[LintFinding, ...]] = WeakKeyDictionary()


def _findings(make_server: MakeServer) -> tuple[LintFinding, ...]:
    """All findings of the lint in a class of servers. Raises `StudentError` for an endless loop."""
    if make_server not in _found:
        # The lint runs the class itself, in which nobody would end an endless loop.
        with suppress(Exception):
            record_run(make_server, Rules())
        ended = getattr(make_server, "ended", None)
        if ended is not None:
            raise ended
        # The lint reads code, so it is given the student's class and not its guard.
        inspected: Any = getattr(make_server, "inspected", make_server)
        _found[make_server] = lint_server(inspected)
    return _found[make_server]


@dataclass(frozen=True)
class SearchTest:
    """A search: `trial` returns a trial that breaks a property, which is shrunk and drawn."""

    trial: Callable[[MakeServer, int], Trial | None]

    def finding(self, make_server: MakeServer, seed: int) -> Finding | None:
        """The trial found, shrunk to the fewest actions; or why the servers cannot be searched."""
        try:
            found = self.trial(make_server, seed)
            harmless = None
        except NotSearchable as error:
            # Whether it breaks the contract, too, is for the lint to say.
            said = f"this search cannot follow it: {error}."
            found, harmless = None, Finding(((BUT, said),), harmless=True)
        if found is None:
            return harmless if carries_out(make_server, seed) else NOT_ASKED
        smallest = shrink(found, make_server=make_server)
        cluster = run_trial(smallest, make_server=make_server)
        violation = cluster.violations[0]
        lines = (("Broken", in_words(violation)), ("Here", violation.detail))
        drawn = draw_end(cluster.history, violation)
        # Braces in the program itself are doubled, so that `format` fills in the answer alone.
        text = program(smallest, make_server="ANSWER").replace("{", "{{").replace("}", "}}")
        again = text.replace("make_server=ANSWER", "make_server={answer}")
        return Finding(lines, drawn, again, cluster.history)


def carries_out(make_server: MakeServer, seed: int) -> bool:
    """Whether three servers elect a leader and carry out a command: else nothing can break."""
    cluster = Cluster(servers=3, seed=1 + seed, make_server=make_server)
    cluster.run(ms=3_000)
    if cluster.leader is None:
        return False
    cluster.propose("x=1")
    cluster.run(ms=1_000)
    states = [cluster.state(server) for server in cluster.servers]
    return any(state is not None and state.last_applied for state in states)


def all_that_can_happen(make_server: MakeServer, seed: int) -> Trial | None:
    """A trial that breaks a property within small bounds from a chosen start, or None.

    It is the same whatever the seed is. Raises `NotSearchable`.
    """
    return first_broken(make_server)


def short_trials(make_server: MakeServer, seed: int) -> Trial | None:
    """A short random schedule of faults that breaks a property, or None."""
    return search(None, short_trial_seeds(seed), make_server=make_server)


def fuzzed(make_server: MakeServer, seed: int) -> Trial | None:
    """A trial of the fuzzer that breaks a property, or None."""
    return fuzz(None, make_server, seed=seed, trials=FUZZED, shrinks=False).found
