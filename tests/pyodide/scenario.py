"""A run with every kind of fault, and what is left of it: one line of JSON on stdout.

It is a program, not a test: the same file runs in this Python under several
hash seeds and in a browser's Python, and the lines are compared.
"""

import doctest
import hashlib
import importlib
import json
import pkgutil
from collections import Counter
from itertools import chain
from typing import Any

import raftkit
import raftkit.checkers
import raftkit.protocol
import raftkit.simulator
from raftkit.simulator import Link

PORTABLE = (raftkit.protocol, raftkit.simulator, raftkit.checkers)


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
        "sha256": hashlib.sha256(history.to_json().encode()).hexdigest(),
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


if __name__ == "__main__":
    tried, failed = failed_examples()
    run = summary(eventful_cluster())
    print(json.dumps({"run": run, "examples": tried, "failed": failed}))
