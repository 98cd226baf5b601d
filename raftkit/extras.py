"""How to get the parts of this kit that not everybody needs.

The extras stand in pyproject.toml. What needs them says what is missing.
"""

import sys


def how_to_install(extra: str) -> str:
    """The line that installs an extra into the environment that this kit runs in.

    A bare `pip` may be another environment's, or none that may be installed into.

    >>> how_to_install("lab").partition(" -m ")[2]
    'pip install "raftkit-course[lab]"'
    """
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f'{python} -m pip install "raftkit-course[{extra}]"'
