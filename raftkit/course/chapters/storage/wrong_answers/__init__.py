"""Answers about persistence and restart (Figure 2, State): wrong ones, and odd but right ones."""
