"""The user's home folder, if there is one that can be written to.

In a container a user may have none, or one that belongs to root; files that are kept there
must then go elsewhere. It does not know which files those are.
"""

import os
from pathlib import Path


def home_folder() -> Path | None:
    """The home folder; None if there is none or it cannot be written to."""
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home if os.path.isdir(home) and os.access(home, os.W_OK) else None


def use_as_home(folder: Path) -> None:
    """Let this process, and all that it starts, use `folder` as the home folder."""
    os.environ["USERPROFILE" if os.name == "nt" else "HOME"] = str(folder)
