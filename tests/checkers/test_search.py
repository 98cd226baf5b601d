"""The search goes through trials seed by seed, and stops at the first that breaks."""

from raftkit.checkers import Trial, search
from raftkit.checkers.schedules import draw_long_trial, draw_short_trial
from raftkit.checkers.trials import first_violation
from raftkit.protocol import Rules, Server

RULES = Rules().with_rule("has_majority", lambda granted, refused, servers: granted > 0)


def test_the_first_seed_that_breaks_something_is_found() -> None:
    found = search(RULES, range(100))
    assert found is not None
    first = next(seed for seed in range(100) if draw_short_trial(seed) == found)

    assert first_violation(found, RULES) is not None
    assert [first_violation(draw_short_trial(seed), RULES) for seed in range(first)] == [
        None
    ] * first


def test_what_is_right_is_not_found() -> None:
    assert search(Rules(), range(100)) is None


def test_other_trials_can_be_drawn() -> None:
    never = Rules().with_rule("has_majority", lambda granted, refused, servers: False)

    assert search(never, [4], draw=lambda seed: draw_long_trial(seed, ms=100)) == draw_long_trial(
        4, ms=100
    )


def test_other_servers_can_be_searched() -> None:
    class Mute(Server):
        """A server that never asks for a vote."""

        def start_election(self) -> None:
            self.change_election_timer("started an election")

    def healed(seed: int) -> Trial:
        return Trial(3, seed, (), 0, heals=True)

    assert search(None, [1], draw=healed, make_server=Mute) == healed(1)
