"""How to install an extra: a part of this kit that not everybody needs.

The extras are listed in pyproject.toml. A module that needs one says what is missing; this one
does not know what is installed.
"""

import sys


def how_to_install(extra: str) -> str:
    """The command that installs an extra into the environment that this kit runs in.

    It names this Python, because `pip` alone may be that of another environment.

    >>> how_to_install("lab").partition(" -m ")[2]
    'pip install "raftkit-course[lab]"'
    """
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f'{python} -m pip install "raftkit-course[{extra}]"'
