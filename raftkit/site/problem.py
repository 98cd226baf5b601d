"""`SiteProblem`: a problem that keeps a site from being built and that the user can mend.

For example a missing program, no network, or a folder that holds other files. It does not
know how a site is built.
"""


class SiteProblem(Exception):
    """A site cannot be built; the message says in one line what is missing, and what to do."""
