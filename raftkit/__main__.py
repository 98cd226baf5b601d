"""`python -m raftkit`: the command line where its script is not on the path.

Nothing else is here.
It does what the command `raftkit` does.
"""

from raftkit.cli import main

main(prog_name="raftkit")
