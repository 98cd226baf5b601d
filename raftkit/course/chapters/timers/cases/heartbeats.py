"""The cases of exercise 1.5: which servers a leader sends heartbeats to.

The leader is drawn, and the servers that have not answered. The order of the names in the
answer does not matter.
"""

from random import Random

from raftkit.checkers import Cluster
from raftkit.course.chapters.timers.cases.prompt_pictures import one_is_down
from raftkit.course.checking.cases import AnswerPart, Call, Case, Checks
from raftkit.protocol.rules import Names
from raftkit.protocol.timers import HeartbeatOccasion
from raftkit.simulator import Crash, Timeout

SERVERS = ("S1", "S2", "S3", "S4", "S5")

_SORTED = AnswerPart("the servers, sorted,", lambda names: tuple(sorted(names)))


def _peers(random: Random) -> Names:
    """All servers but a leader drawn at random."""
    leader = random.choice(SERVERS)
    return tuple(server for server in SERVERS if server != leader)


def _call(
    occasion: HeartbeatOccasion,
    peers: Names,
    unanswered: Names,
    expected: Names,
    why: str,
    part: AnswerPart = _SORTED,
) -> Call:
    arguments = {"occasion": occasion, "peers": peers, "unanswered": unanswered}
    return Call(arguments, expected, why, part, picture=one_is_down)


def _at_once(random: Random) -> list[Call]:
    """The election is over, and only the winner knows it."""
    peers = _peers(random)
    why = (
        "Upon election a leader sends heartbeats to each server at once (Figure 2, Leaders): those "
        "that did not vote for it do not know of it, and would stand next."
    )
    return [_call("won an election", peers, (), peers, why)]


def _everybody(random: Random) -> list[Call]:
    """The usual case: all servers have answered, and all must hear the leader again."""
    peers = _peers(random)
    why = (
        "Everybody has answered the last heartbeat, and everybody must hear the next one, once: a "
        "follower that hears nothing times out (§5.2; Figure 2, Leaders)."
    )
    return [_call("heartbeat is due", peers, (), peers, why)]


def _nobody_waits(random: Random) -> list[Call]:
    """Judges the other servers alone: they get heartbeats even if one server is silent."""
    peers = _peers(random)
    silent = random.choice(peers)
    others = tuple(peer for peer in peers if peer != silent)
    why = (
        f"{silent} owes an answer; perhaps it is down. The other followers must hear the leader "
        "all the same, or they time out (§5.2)."
    )
    part = AnswerPart(
        f"the servers but {silent}, sorted,",
        lambda names: tuple(sorted(set(names) - {silent})),
    )
    return [_call("heartbeat is due", peers, (silent,), others, why, part)]


def _asked_again(random: Random) -> list[Call]:
    """Judges the silent server alone: the request may have been lost, or its answer."""
    peers = _peers(random)
    silent = random.choice(peers)
    why = (
        f"{silent} owes an answer: the last request may be lost, or the answer. A leader retries "
        "for ever (§5.3), with one request each time."
    )
    part = AnswerPart(f"every mention of {silent}", lambda names: _only(silent, names))
    return [_call("heartbeat is due", peers, (silent,), (silent,), why, part)]


def _only(server: str, names: Names) -> Names:
    return tuple(name for name in names if name == server)


def _one_dies(cluster: Cluster) -> None:
    """A follower crashes, and the leader goes on."""
    cluster.do(Timeout("S1"))
    cluster.run(ms=20)
    cluster.do(Crash("S3"))
    cluster.run(ms=150)


CHECKS = {
    "1.5": Checks(
        returns=Names,
        cases=(
            Case("a new leader is heard at once, by everybody", 1, _at_once),
            Case("a heartbeat goes to those who have answered", 1, _everybody),
            Case("one silent server silences nobody", 1, _nobody_waits),
            Case("a silent server is asked again, once", 1, _asked_again),
        ),
        picture=one_is_down,
        story=_one_dies,
        at_work="A follower's death",
    ),
}
