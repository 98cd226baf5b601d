"""The cases of exercise 1.5: which servers a leader sends heartbeats to.

Clusters of one to five servers are asked about, every leader, and every set of servers that have
not answered. The order of the names in the answer does not matter.
"""

from collections.abc import Iterator
from itertools import combinations
from random import Random

from raftkit.checkers import Cluster
from raftkit.course.chapters.timers.cases.prompt_pictures import one_is_down
from raftkit.course.checking.cases import AnswerPart, Checks
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.small_values import SERVERS
from raftkit.protocol import heartbeat_targets
from raftkit.protocol.rules import Names
from raftkit.protocol.timers import HeartbeatOccasion
from raftkit.simulator import Crash, Timeout

_SORTED = AnswerPart("the servers, sorted,", lambda names: tuple(sorted(names)))


def _small_calls() -> Iterator[Arguments]:
    for servers in range(1, len(SERVERS) + 1):
        for leader in SERVERS[:servers]:
            peers = tuple(server for server in SERVERS[:servers] if server != leader)
            yield "won an election", peers, ()
            for silent in range(len(peers) + 1):
                for unanswered in combinations(peers, silent):
                    yield "heartbeat is due", peers, unanswered


def _drawn_call(random: Random) -> Arguments:
    """A leader of six to nine servers, or of more."""
    last = random.choice((random.randint(6, 9), random.randint(10, 40)))
    servers = [f"S{number}" for number in range(1, last + 1)]
    servers.remove(random.choice(servers))
    if random.random() < 0.2:
        return "won an election", tuple(servers), ()
    unanswered = tuple(server for server in servers if random.random() < 0.4)
    return "heartbeat is due", tuple(servers), unanswered


def _can_happen(occasion: HeartbeatOccasion, peers: Names, unanswered: Names) -> bool:
    """A server that has just won has asked for nothing yet."""
    return occasion == "heartbeat is due" or not unanswered


def _at_once(occasion: HeartbeatOccasion, peers: Names, unanswered: Names) -> str | None:
    if occasion != "won an election":
        return None
    return (
        "Upon election a leader sends heartbeats to each server at once (Figure 2, Leaders): those "
        "that did not vote for it do not know of it, and would stand next."
    )


def _all_have_answered(occasion: HeartbeatOccasion, peers: Names, unanswered: Names) -> str | None:
    if unanswered:
        return None
    return (
        "Everybody has answered the last heartbeat, and everybody must hear the next one, once: a "
        "follower that hears nothing times out (§5.2; Figure 2, Leaders)."
    )


def _some_are_silent(occasion: HeartbeatOccasion, peers: Names, unanswered: Names) -> str | None:
    if unanswered == peers:
        return None
    owe = "owes" if len(unanswered) == 1 else "owe"
    return (
        f"{' and '.join(unanswered)} {owe} an answer, perhaps because of a crash. The other "
        "followers must hear the leader all the same, or they time out (§5.2); and what is not "
        "answered is sent again (§5.3)."
    )


def _all_are_silent(occasion: HeartbeatOccasion, peers: Names, unanswered: Names) -> str:
    return (
        "Nobody has answered: the requests may be lost, or the answers. A leader retries for ever "
        "(§5.3), with one request to each server each time."
    )


def _one_dies(cluster: Cluster) -> None:
    """A follower crashes, and the leader goes on."""
    cluster.do(Timeout("S1"))
    cluster.run(ms=20)
    cluster.do(Crash("S3"))
    cluster.run(ms=150)


CHECKS = {
    "1.5": Checks(
        returns=Names,
        cases=Regions(
            SmallWorld(
                heartbeat_targets,
                _small_calls,
                _drawn_call,
                _can_happen,
                picture=lambda *call: one_is_down(),
            ),
            Region("a new leader is heard at once, by everybody", 1, _at_once, _SORTED),
            Region("a heartbeat goes to those who have answered", 1, _all_have_answered, _SORTED),
            Region("one silent server silences nobody", 1, _some_are_silent, _SORTED),
            Region("a silent server is asked again, once", 1, _all_are_silent, _SORTED),
        ).cases,
        picture=one_is_down,
        story=_one_dies,
        at_work="A follower's death",
    ),
}
