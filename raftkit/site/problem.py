"""`SiteProblem`: what keeps a site from being built, in a sentence for whoever builds it.

It is theirs to mend: a missing program, no network, a folder that is not ours. How a site
is built is not known here.
"""


class SiteProblem(Exception):
    """One line that says what is missing or in the way, and what to do."""
