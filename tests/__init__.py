"""The proof of the kit. A package, so that `python -m tests.evidence` finds what is in it."""
