"""`python -m raftkit.cli`: the same program as the script `raftkit`.

For where the script is not on the path, as in the tests and in some class rooms.
It holds nothing of its own.
"""

from raftkit.cli import main

if __name__ == "__main__":
    main()
