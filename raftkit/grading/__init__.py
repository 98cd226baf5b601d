"""Grading of notebooks and whole classes, with each student's code in a process of its own.

Cluster, checkers, cases and points are in our process, the judge's. The student's code runs in
a limited child process (`student_process/`), which only answers requests, as JSON lines. This
package owns that sandbox, the reading of submissions, and the reports.
"""
