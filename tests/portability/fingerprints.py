"""What must be the same bytes everywhere: one line of JSON with a hash for each thing.

It is a program, not a test: the same file runs in this Python under several hash seeds, in other
Pythons, and in a browser's. `python fingerprints.py FOLDER` also grades the class in FOLDER, which
takes a system that starts processes. Without it, as in a browser, docstring examples run instead,
which pytest runs elsewhere.
"""

import contextlib
import doctest
import hashlib
import importlib
import io
import json
import pkgutil
import sys
import tempfile
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

import raftkit
import raftkit.checkers
import raftkit.protocol
import raftkit.simulator
from raftkit.course import EXERCISES, check
from raftkit.course.checking.answer_kinds import answer_kind_of
from raftkit.course.tutor.commands import picture
from raftkit.course.wrong_answers import WRONG_ANSWERS
from raftkit.simulator import Link

UNSEEDED = {"T4f"}  # draws from a source that nobody has seeded, so that no two runs are alike
PORTABLE = (raftkit.protocol, raftkit.simulator, raftkit.checkers)


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# A history -----------------------------------------------------------------------------------


def eventful_cluster() -> raftkit.Cluster:
    """Five servers and two clients on a bad network, through a partition and a crash."""
    bad = Link(loss=0.05, duplicate=0.05, slow=0.05, latency_slow=80_000)
    cluster = raftkit.Cluster(servers=5, seed=7, link=bad, clients=2)
    cluster.run_until(lambda cluster: cluster.leader, ms=5_000)
    for number in range(20):
        cluster.ask(f"C{number % 2 + 1}", f"key{number % 3}={number}")
    cluster.run(ms=300)
    first = cluster.leader or "S1"
    others = [server for server in cluster.servers if server != first]
    cluster.partition({first, others[0]}, set(others[1:]))
    cluster.run(ms=1_500)
    cluster.crash(others[1])
    cluster.run(ms=700)
    cluster.heal()
    cluster.restart(others[1])
    cluster.run(ms=3_000)
    return cluster


def summary(cluster: raftkit.Cluster) -> dict[str, Any]:
    """The fingerprint of a run, and counts that show how much happened in it."""
    history = cluster.history
    answered = [call for call in cluster.calls if call.returned is not None]
    return {
        "history": hashed(history.to_json()),
        "picture": hashed(raftkit.space_time(history).svg),
        "records": dict(Counter(type(entry).__name__ for entry in history.records)),
        "answered": len(answered),
        "term": max(state.standing.current_term for state in map(cluster.state, cluster.servers)),
        "violations": len(cluster.violations),
    }


def failed_examples() -> tuple[int, list[str]]:
    """How many docstring examples the portable packages have, and which modules fail theirs."""
    tried, failed = 0, []
    for name in chain.from_iterable(map(modules_of, PORTABLE)):
        result = doctest.testmod(importlib.import_module(name))
        tried += result.attempted
        if result.failed:
            failed.append(name)
    return tried, failed


def modules_of(package: Any) -> list[str]:
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return sorted(module.name for module in found)


# Checks --------------------------------------------------------------------------------------


def checks() -> dict[str, str]:
    """Each exercise's picture, and what the check says of wrong answers from all chapters."""
    found = {f"picture {each.id}": hashed(picture(each.id).svg) for each in EXERCISES}
    rules = {each.id: each for each in EXERCISES if not answer_kind_of(each).is_class}
    wrong = [each for each in WRONG_ANSWERS if each.check in rules and each.id not in UNSEEDED]
    for answer in wrong[::45]:
        result = check(answer.check, answer.replaced[rules[answer.check].answer])
        told = f"{result.status} {result.points} {result} {result.to_html()}"
        found[f"{answer.check} {answer.id}"] = hashed(told)
    return found


def grades(folder: Path) -> dict[str, str]:
    """Every file that grading a class writes."""
    from raftkit.cli.program import all_commands

    with tempfile.TemporaryDirectory() as out:
        arguments = ["grade", str(folder), "--out", out, "--jobs", "1", "--seed", "1"]
        with contextlib.redirect_stdout(io.StringIO()):
            all_commands(arguments, standalone_mode=False)
        written = sorted(path for path in Path(out).rglob("*") if path.is_file())
        return {
            path.relative_to(out).as_posix(): hashed(path.read_text("utf-8")) for path in written
        }


if __name__ == "__main__":
    report: dict[str, Any] = {"run": summary(eventful_cluster()), "checks": checks()}
    if len(sys.argv) > 1:
        report["grades"] = grades(Path(sys.argv[1]))
    else:
        report["examples"], report["failed"] = failed_examples()
    print(json.dumps(report))
