"""Grading a whole class: the judge lives outside the student's process.

Cluster, checkers, cases and points run in our process; the student's code runs
in a limited child (`inside/`) that only answers calls, as JSON lines. Here are
the sandbox around that child, the reading of submissions, and the reports.
"""
