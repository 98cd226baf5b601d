"""`python -m raftkit`: the same program as the script `raftkit`.

For where the script is not on the path, as in some class rooms. It holds nothing
of its own.
"""

from raftkit.cli import main

main()
