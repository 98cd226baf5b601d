"""The user's home folder, if there is one that can be written to.

In containers a user may have none, or one that belongs to root; whatever is kept there must
then go elsewhere. It does not know what is kept.
"""

import os
from pathlib import Path


def home_folder() -> Path | None:
    """The home folder; None without one, or if nothing can be written there."""
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home if os.path.isdir(home) and os.access(home, os.W_OK) else None


def use_as_home(folder: Path) -> None:
    """Let this process, and all that it starts, keep their own files in `folder`."""
    os.environ["USERPROFILE" if os.name == "nt" else "HOME"] = str(folder)
