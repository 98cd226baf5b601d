"""Answers about log replication (§5.3): wrong ones, and odd ones that are right.

Wrong answers are grouped by the step of replication, odd ones are in one module.
"""
