"""Answers about commit and apply (§5.3, §5.4.2): wrong ones, and odd ones that are right.

Answers about what a client is told are in the package `clients`.
"""
