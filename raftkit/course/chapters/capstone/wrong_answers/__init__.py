"""Answers about whole servers: what clients notice, and what is a mistake of Python."""

from raftkit.course.chapters.capstone.wrong_answers import clients, servers

WRONG = (*clients.WRONG, *servers.WRONG)
ODD = (*clients.ODD, *servers.ODD)
