"""Answers about clients (§5.3, §8): wrong ones, and odd ones that are right."""
