"""`raftkit ...`: the command line, a module for each kind of user.

This file is read before an interrupt can be caught, so it imports nothing: what Ctrl-C does
is settled first (signals.py), and only then come the commands (program.py). Every command
starts in about 0.3 s, so whatever is heavy is imported inside of it.
"""


def main() -> None:
    """Run the command that was typed, and end this process with its exit status."""
    try:
        from raftkit.cli import signals

        signals.end_on_the_spot()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    try:
        from raftkit.cli.program import all_commands

        signals.raise_interrupts()
        all_commands(prog_name="raftkit")
    except KeyboardInterrupt:
        raise SystemExit(signals.status()) from None
    finally:
        # Nothing is left to be interrupted but Python's own last steps.
        signals.ignore()
