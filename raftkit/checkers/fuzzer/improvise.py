"""Writing a schedule while the cluster runs, so that each act meets the cluster as it is.

An act is drawn at its instant, after a look at who leads and who lags, and written
down as it was done. What comes out is an ordinary trial: running it again needs no
drawing and no looking, and gives the same history.
"""

from dataclasses import dataclass, replace

from raftkit.checkers.cluster import Cluster
from raftkit.checkers.fuzzer.acts import Stage, ask, draw_act
from raftkit.checkers.fuzzer.character import Character
from raftkit.checkers.fuzzer.sight import Sight
from raftkit.checkers.schedules import Draw
from raftkit.checkers.trials import AnyRules, Timed, Trial, cluster_of, finish
from raftkit.simulator.cluster import MILLISECOND, MakeServer


@dataclass(frozen=True, slots=True)
class Played:
    """A trial that was written while it ran, and the cluster it ran on."""

    trial: Trial
    cluster: Cluster


def improvise(
    character: Character,
    draw: Draw,
    rules: AnyRules = None,
    make_server: MakeServer | None = None,
) -> Played:
    """Write and run a trial of this character.

    >>> from raftkit.checkers.fuzzer.character import draw_character
    >>> draw = Draw(7)
    >>> played = improvise(draw_character(draw), draw)
    >>> played.cluster.violations
    []
    """
    cluster = cluster_of(character.trial, rules, make_server)
    schedule: list[Timed] = []
    stage = _stage(cluster, character, draw)
    at = 0
    for client in cluster.clients * character.calls:
        at = cluster.run_before(at)
        schedule.append(Timed(at, ask(client, stage)))
        cluster.do(schedule[-1].action, at_ms=at / MILLISECOND)
    for _ in range(character.turns):
        gap, kind = _next_kind(character, stage)
        at = cluster.run_before(at + gap)
        if cluster.violations:
            break
        stage.sight = Sight(cluster)
        action = draw_act(kind, stage)
        cluster.do(action, at_ms=at / MILLISECOND)
        schedule.append(Timed(at, action))
    # Time for an election and an answer or two, to show what the last act has broken.
    end = at + 20_000 + draw.below(100_000)
    trial = replace(character.trial, schedule=tuple(schedule), end=end)
    if not cluster.violations:
        finish(cluster, trial)
    return Played(trial, cluster)


def _stage(cluster: Cluster, character: Character, draw: Draw) -> Stage:
    edges = cluster.history.setup["edges"]
    links = tuple((a, b) for a, b, _ in edges) + tuple((b, a) for a, b, _ in edges)
    round_trip = 2 * character.trial.link.latency_max
    return Stage(Sight(cluster), draw, character.aim, links, cluster.clients, round_trip)


def _next_kind(character: Character, stage: Stage) -> tuple[int, str]:
    """How long to wait, and for what: the next act of a plan, something to mend, or a new harm."""
    if stage.plan:
        return stage.plan.pop(0)
    draw = stage.draw
    # Often at once, seldom after three times the average.
    gap = draw.below(1 + draw.below(4 * character.pace))
    if stage.remedies and draw.chance(character.mends):
        return gap, "mend"
    return gap, draw.one_of(character.kinds)
