"""The cases of notebook 03, a module for each step of replication.

They are in the order in which an entry is sent, checked, stored, acknowledged and repaired.
"""
