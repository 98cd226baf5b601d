"""Small situations, run and drawn, for the prompts of exercises.

Each is a real run from a fixed seed, so the picture shows what the protocol
does and never goes stale.
"""

from raftkit.checkers import Cluster
from raftkit.protocol import Log, Persistent
from raftkit.simulator import Delay, Drop, Duplicate, Timeout, TornWrite
from raftkit.views import Picture, draw_last_entries, draw_logs, draw_storage, space_time


def log_ending(term: int, length: int) -> Log:
    """A log of `length` entries that ends in `term`, with earlier terms before it.

    >>> log_ending(term=3, length=5)
    Log.of_terms(1, 1, 2, 2, 3)
    """
    return Log.of_terms(
        *(max(1, term - (length - index + 1) // 2) for index in range(1, length + 1))
    )


def two_candidates() -> Picture:
    """Two followers of three time out together; one of them wins."""
    cluster = Cluster(servers=3, seed=5)
    # Forced within one instant: nobody has heard of the other's request when it asks.
    cluster.do(Timeout("S1"), Timeout("S3"))
    cluster.run(ms=14)
    return space_time(cluster.history, title="S1 and S3 ask for votes in the same term")


def leader_cut_off() -> Picture:
    """A leader is cut off; the others elect a new one; the old one comes back."""
    cluster = Cluster(servers=3, seed=2)
    cluster.do(Timeout("S1"))
    cluster.run(ms=15)
    cluster.partition({"S1"}, {"S2", "S3"})
    cluster.do(Timeout("S2"))
    cluster.run(ms=20)
    cluster.heal()
    cluster.run(ms=45)
    return space_time(cluster.history, title="S1 comes back with an old term")


def late_vote() -> Picture:
    """A vote of term 1 comes so late that its candidate asks in term 2 already."""
    cluster = Cluster(servers=3, seed=9)
    # S2's yes is held up and S3's is lost, so S1 has one vote and must try again.
    cluster.do(Delay(14_000, "S2"), Drop("S3"), Timeout("S1"))
    cluster.run(ms=12)
    cluster.do(Timeout("S3"), Timeout("S1"))
    cluster.run(ms=16)
    return space_time(cluster.history, title="S2's vote of term 1 arrives in term 2")


def commands_arrive() -> Picture:
    """A client's command reaches a follower, which takes nothing, and then the leader."""
    cluster = Cluster(servers=3, seed=3)
    cluster.do(Timeout("S1"))
    cluster.run(ms=14)
    cluster.propose("x=1", to="S2")
    cluster.run(ms=3)
    cluster.propose("x=1", to="S1")
    cluster.run(ms=14)
    return space_time(cluster.history, first_ms=12, title="Two servers are asked for x=1")


def late_answer() -> Picture:
    """Two commands in a row; the answer to the first is held up, that to the second comes twice."""
    cluster = Cluster(servers=2, seed=4)
    cluster.do(Timeout("S1"))
    cluster.run(ms=20)
    cluster.do(Delay(20_000, "S2"))
    cluster.propose("x=1", to="S1")
    cluster.run(ms=6)
    cluster.do(Duplicate("S2"))
    cluster.propose("x=2", to="S1")
    cluster.run(ms=22)
    return space_time(cluster.history, first_ms=19, title="S2's first yes is overtaken")


def figure_8() -> Picture:
    """Figure 8 (c), as its leader knows it: an old entry on a majority, and one of its own."""
    followers = {"S2": 2, "S3": 2, "S4": 1, "S5": 1}
    logs = {"S1": Log.of_terms(1, 2, 4)}
    logs |= {name: logs["S1"].prefix(match) for name, match in followers.items()}
    title = "What S1 knows in term 4"
    return draw_logs(
        logs, dict.fromkeys(logs, 1), compare=False, match_index=followers, title=title
    )


def told_more_than_it_knows() -> Picture:
    """A leader has committed four entries; a follower's log matches up to the second one."""
    return draw_logs(
        {"leader": Log.of_terms(1, 1, 3, 3), "follower": Log.of_terms(1, 1, 2, 2)},
        {"leader": 4, "follower": 1},
        title="leaderCommit 4, prevLogIndex 2",
    )


def three_parts_of_a_log() -> Picture:
    """A log: what is applied, what is committed and waits, and what may still be replaced."""
    return draw_logs(
        {"S1": Log.of_terms(1, 1, 2, 3, 3, 3, 3)},
        {"S1": 5},
        outline={"S1": (4, 5)},
        title="4 and 5 wait to be applied",
    )


def answered_in_time() -> Picture:
    """A client asks, a leader replicates, commits and applies, and only then it answers."""
    cluster = Cluster(servers=3, seed=4, clients=1)
    cluster.do(Timeout("S1"))
    cluster.run(ms=20)
    cluster.ask("C1", "x=1")
    cluster.run(ms=22)
    return space_time(cluster.history, first_ms=18, title="C1 asks S1 for x=1")


def died_before_it_spoke() -> Picture:
    """S2 writes its vote down and dies before the answer leaves; it comes back and says it."""
    cluster = Cluster(servers=3, seed=5)
    cluster.do(TornWrite("S2", keep=1), Timeout("S1"))
    cluster.run(ms=9)
    cluster.restart("S2")
    cluster.run(ms=7)
    return space_time(cluster.history, title="S2 dies between its write and its answer")


def memory_is_gone() -> Picture:
    """A leader that crashed: its disk as it was, and its memory empty."""
    disk = Persistent(3, "S1", Log.of_terms(1, 1, 3, 3))
    return draw_storage(None, disk, title="S1 led term 3, and crashed")


def ends_in_figure_8() -> Picture:
    """The five logs of Figure 8 (c), and how they end."""
    logs = [Log.of_terms(*terms) for terms in ((1, 2, 4), (1, 2), (1, 2), (1,), (1, 3))]
    named = {f"S{number}": log for number, log in enumerate(logs, start=1)}
    return draw_last_entries(named, title="Figure 8 (c): how the logs end")


def a_vote_on_its_way() -> Picture:
    """S2 has voted in memory, and its disk does not know: may the answer leave?"""
    return draw_storage(
        Persistent(4, "S1", Log.of_terms(1, 3)),
        Persistent(3, None, Log.of_terms(1, 3)),
        title="S2 is about to tell S1: you have my vote",
    )
