"""How a leader brings followers in line (§5.3): back-up after refusals, and resending.

Leader and follower obey the same rules under test. Any strategy of backing up will do that
ends where the logs agree.
"""

from raftkit.protocol import Log, Persistent
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.exchange import Exchange
from raftkit.scenarios.logs.append_entries import name_entries
from raftkit.scenarios.scenario import Suite, expect, terms_of
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit logs", tells_rule=True)

# More than the entries of any log here, so that backing up by one will do.
BEATS = 8


def _pair(system: SystemUnderTest, leads: tuple[int, ...], follows: tuple[int, ...]) -> Exchange:
    """S1 and S2 with logs of these terms, S3 out of reach; S1 is elected and beats for a while."""
    logs = Log.of_terms(*leads), Log.of_terms(*follows)
    disks = {
        name: Persistent(logs[0].last_term, None, log)
        for name, log in zip(("S1", "S2"), logs, strict=True)
    }
    servers = system.exchange(3, disks)
    servers.cut_off("S3")
    servers.time_out("S1")
    expect(servers["S1"].role == LEADER, f"S1 is a {servers['S1'].role}, expected the leader.")
    for _ in range(BEATS):
        servers.beat("S1")
    return servers


def _expect_repaired(servers: Exchange, follows: tuple[int, ...]) -> None:
    """Fail unless S2 holds what its leader S1 does."""
    expect(
        servers["S2"].log == servers["S1"].log,
        f"S1 leads with {name_entries(servers['S1'].log)}, S2 held "
        f"{name_entries(Log.of_terms(*follows))}. "
        f"After {BEATS} heartbeats S2 holds {terms_of(servers['S2'].log)}.",
    )


@SUITE.scenario("Backing up never goes forwards", "BacksUpOnly")
def backs_up_only(system: SystemUnderTest) -> None:
    """After a refusal nextIndex decreases, until the logs match (§5.3; Figure 2, Leaders).

    After L19: the leader has no entry of the conflicting term, or none that early, and its
    search by terms sends it back to where it was refused.
    """
    for leads, follows in (
        ((1, 1, 1, 3), (1, 2, 2)),
        ((1, 1, 1, 1, 4), (1, 2, 3)),
        ((1, 1, 4, 4), (1, 2, 2, 2)),
    ):
        _expect_repaired(_pair(system, leads, follows), follows)


@SUITE.scenario("An empty log is filled from its beginning", "FilledFromTheBeginning")
def filled_from_the_beginning(system: SystemUnderTest) -> None:
    """Backing up ends at 1 at the latest, where every log matches (§5.3; Figure 2).

    After L19b: one step further, and the leader looks for an entry before the first.
    """
    for leads in ((1,), (1, 1, 2)):
        _expect_repaired(_pair(system, leads, ()), ())


@SUITE.scenario("A lost request is sent again", "LostIsSentAgain")
def lost_is_sent_again(system: SystemUnderTest) -> None:
    """A leader sends entries until every follower has stored them (§5.3).

    After L35: it takes for granted that what it has sent has arrived.
    """
    servers = system.exchange(3)
    servers.time_out("S1")
    servers.cut_off("S1")
    servers.propose("S1", "x=1")
    servers.mend()
    servers.propose("S1", "x=2")
    for _ in range(BEATS):
        servers.beat("S1")
    for name in ("S2", "S3"):
        expect(
            servers[name].log == servers["S1"].log,
            f"S1's first request was lost. Since then it has taken another command and sent "
            f"{BEATS} heartbeats, and {name} holds {servers[name].log.last_index} of its "
            f"{servers['S1'].log.last_index} entries.",
        )
