"""`lone`: a case about rules that a server can break alone.

It asks the lone server's small world (raftkit.scenarios.small_world) first, and then scenarios.
"""

from raftkit.course.checking.lone_server_test import LoneServerTest
from raftkit.course.checking.server_stages import AllOf, ScenarioTest, ServerCase


def lone(name: str, points: int, rules: tuple[str, ...], origins: tuple[str, ...]) -> ServerCase:
    """A case about rules of a lone server, with the scenarios that its world does not contain."""
    asked = LoneServerTest(rules)
    test = AllOf((asked, ScenarioTest(origins))) if origins else asked
    return ServerCase(name, points, test)
