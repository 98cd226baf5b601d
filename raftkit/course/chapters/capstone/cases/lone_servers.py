"""Cases that ask a lone server's small world about some rules, and then scenarios."""

from raftkit.course.checking.lone_server_test import LoneServerTest
from raftkit.course.checking.server_stages import AllOf, ScenarioTest, ServerCase


def lone(name: str, points: int, rules: tuple[str, ...], origins: tuple[str, ...]) -> ServerCase:
    """A case about rules of a lone server, with the scenarios that its world does not contain."""
    asked = LoneServerTest(rules)
    test = AllOf((asked, ScenarioTest(origins))) if origins else asked
    return ServerCase(name, points, test)
