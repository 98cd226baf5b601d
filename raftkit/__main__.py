"""`python -m raftkit`: the same program as the script `raftkit`.

Use it if the script is not on the path. The program is in raftkit.cli.
"""

from raftkit.cli import main

main()
