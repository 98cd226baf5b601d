"""Answers whose mistake is one of Python, not of Raft: wrong ones, and odd ones that are right.

A rule must depend on its arguments alone, and a server on its events. An answer that depends
on anything else breaks a rule of the paper in the end, mostly on another machine.
"""
