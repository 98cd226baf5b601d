"""Answers about roles and timers (§5.1, §5.2): wrong ones, and odd ones that are right.

Both kinds are in one module for each topic of notebook 01.
"""
