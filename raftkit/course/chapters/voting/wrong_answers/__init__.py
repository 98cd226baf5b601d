"""Answers about voting: to the exercises of notebook 02, and about whole servers.

Answers to exercises are grouped by topic, whole servers by role.
"""
