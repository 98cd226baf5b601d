"""The proof of the kit; a package, so that what is evidence can be run: `python -m tests.evidence`."""
