"""The parts of the player's code that need no page, tested by Node itself."""

import subprocess
from pathlib import Path

TESTS = Path(__file__).parent / "parts.test.mjs"


def test_the_parts_do_what_their_own_tests_say(tool):
    node = tool("node", "install Node 20 or newer, for example apt-get install nodejs")

    done = subprocess.run([node, "--test", TESTS], capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stdout[-4_000:]
