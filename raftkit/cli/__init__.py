"""`raftkit ...`: the command line, with a module for each command or kind of user.

This module runs before an interrupt can be caught, so it imports nothing: it first decides
what Ctrl-C does (signals.py), and then imports the commands (program.py). Every command
starts in about 0.3 s, so heavy modules are imported inside of its function.
"""


def main() -> None:
    """Run the command that the user typed, and end this process with its exit status."""
    try:
        from raftkit.cli import signals

        signals.end_at_once()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    try:
        from raftkit.cli.program import all_commands

        signals.raise_interrupts()
        all_commands(prog_name="raftkit")
    except KeyboardInterrupt:
        raise SystemExit(signals.status()) from None
    finally:
        # From here on an interrupt could only disturb the end of the interpreter.
        signals.ignore()
