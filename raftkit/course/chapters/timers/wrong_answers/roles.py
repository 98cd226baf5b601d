"""Answers about the transitions between the roles (1.1; Figure 4).

A wrong answer that lacks an arrow stops a correct server; one with an arrow too many hides
a server's mistake.
"""

from raftkit.course.wrong_answer import (
    CONTRACT,
    ROLE_TRANSITIONS,
    OddAnswers,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import next_role
from raftkit.protocol.roles import Occasion, Role

WRONG, ODD = WrongAnswers(), OddAnswers()
wrong, odd = WRONG.answer, ODD.answer


# An arrow too few, or one that leads elsewhere --------------------------------------------


@wrong("T24a", "1.1", ROLE_TRANSITIONS, case="a server starts up as a follower")
@thinking("Nobody leads yet, so a server that starts wants to.")
@breaks("When servers start up, they begin as followers (§5.2, Figure 4).")
def starts_as_candidate(role: Role | None, occasion: Occasion) -> Role | None:
    """A server that comes back would disturb a leader that is well."""
    return "candidate" if occasion == "starts up" else next_role(role, occasion)


@wrong("T24b", "1.1", ROLE_TRANSITIONS, case="a follower that times out becomes a candidate")
@thinking("Nobody answers, so the way is free: whoever times out leads.")
@breaks("A follower that times out stands for election first (§5.2, Figure 4).")
def leads_at_once(role: Role | None, occasion: Occasion) -> Role | None:
    """Two followers that time out are two leaders."""
    if (role, occasion) == ("follower", "election timeout"):
        return "leader"
    return next_role(role, occasion)


@wrong("T24c", "1.1", ROLE_TRANSITIONS, case="a candidate that times out is a candidate again")
@thinking("A candidate becomes leader or follower, as I learned it.")
@breaks("A candidate that times out starts a new election (§5.2, Figure 4).")
def stands_once(role: Role | None, occasion: Occasion) -> Role | None:
    """After a split vote no election follows."""
    if (role, occasion) == ("candidate", "election timeout"):
        return None
    return next_role(role, occasion)


@wrong("T24e", "1.1", ROLE_TRANSITIONS, case="a candidate gives way to the current leader")
@thinking("Once a candidate, I stand until somebody has a higher term.")
@breaks("A candidate that hears from its term's leader returns to follower (§5.2, Figure 4).")
def never_concedes(role: Role | None, occasion: Occasion) -> Role | None:
    """The loser of an election takes no entries from the winner."""
    return None if occasion == "current leader" else next_role(role, occasion)


@wrong("T24f", "1.1", ROLE_TRANSITIONS, case="a higher term makes anybody a follower")
@thinking("A leader never changes, as in the lecture's three armies.")
@breaks("A leader that discovers a higher term becomes a follower (§5.1, Figure 4).")
def a_leader_never_changes(role: Role | None, occasion: Occasion) -> Role | None:
    """After a partition two leaders go on side by side."""
    return None if role == "leader" else next_role(role, occasion)


# An arrow too many ------------------------------------------------------------------------


@wrong("T25a", "1.1", CONTRACT, case="only a candidate can win an election")
@thinking("If nothing is drawn, nothing changes: the server keeps its role.")
@breaks("What Figure 4 has no arrow for must not happen, and is no change to another role.")
def keeps_its_role(role: Role | None, occasion: Occasion) -> Role | None:
    """A server with a mistake goes on as if nothing were wrong."""
    return next_role(role, occasion) or role


@wrong("T25b", "1.1", CONTRACT, case="only a candidate can win an election")
@thinking("Whoever has a majority of the votes leads.")
@breaks("Only a candidate becomes leader (§5.2, Figure 4).")
def votes_make_a_leader(role: Role | None, occasion: Occasion) -> Role | None:
    """A follower that conceded, and then gets a late vote, would lead a term that is lost."""
    return "leader" if occasion == "majority of votes" else next_role(role, occasion)


@wrong("T25c", "1.1", CONTRACT, case="a leader neither times out nor meets another leader")
@thinking("A timeout makes a candidate, whoever it happens to.")
@breaks("Leaders do not time out: Figure 4 has no such arrow (§5.2).")
def a_timeout_makes_a_candidate(role: Role | None, occasion: Occasion) -> Role | None:
    """A leader that forgets to stop its timer stands against itself, and nobody notices."""
    return "candidate" if occasion == "election timeout" else next_role(role, occasion)


@wrong("T25d", "1.1", CONTRACT, case="a leader neither times out nor meets another leader")
@thinking("Whoever hears from the current leader follows it, a leader too.")
@breaks("A term has one leader at most (Figure 3), and Figure 4 has no such arrow.")
def leaders_give_way(role: Role | None, occasion: Occasion) -> Role | None:
    """Two leaders of a term break Election Safety, and this would hide it."""
    return "follower" if occasion == "current leader" else next_role(role, occasion)


@wrong("T25e", "1.1", CONTRACT, case="a follower that hears its leader takes no arrow")
@thinking("A follower that hears the leader follows it, so it becomes follower.")
@breaks("A follower that hears its leader takes no arrow of Figure 4 (§5.2).")
def follows_once_more(role: Role | None, occasion: Occasion) -> Role | None:
    """Harmless by itself, but a table that has an arrow too many is not Figure 4."""
    if (role, occasion) == ("follower", "current leader"):
        return "follower"
    return next_role(role, occasion)


@wrong("T25f", "1.1", CONTRACT, case="a server starts up once, and before all else")
@thinking("Servers start up as followers, so I need not look at the role.")
@breaks("Figure 4's arrow for starting up comes from no role, and no role has one.")
def whoever_starts_up(role: Role | None, occasion: Occasion) -> Role | None:
    """A leader that starts up in the middle of its work has a mistake, and goes on."""
    return "follower" if occasion == "starts up" else next_role(role, occasion)


# Odd but right ----------------------------------------------------------------------------


@odd("OT10", "1.1", style="a match statement")
def by_match(role: Role | None, occasion: Occasion) -> Role | None:
    match role, occasion:
        case (None, "starts up") | ("candidate", "current leader"):
            return "follower"
        case (("follower" | "candidate" | "leader"), "higher term"):
            return "follower"
        case (("follower" | "candidate"), "election timeout"):
            return "candidate"
        case "candidate", "majority of votes":
            return "leader"
    return None


@odd("OT11", "1.1", style="a table of tables, from the occasion to the roles")
def by_occasion(role: str | None, occasion: str) -> str | None:
    ways: dict[str, dict[str | None, str]] = {
        "starts up": {None: "follower"},
        "election timeout": {"follower": "candidate", "candidate": "candidate"},
        "majority of votes": {"candidate": "leader"},
        "current leader": {"candidate": "follower"},
        "higher term": dict.fromkeys(("follower", "candidate", "leader"), "follower"),
    }
    return ways.get(occasion, {}).get(role)
