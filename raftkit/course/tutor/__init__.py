"""The functions that a student calls in a notebook, and how their results are shown there."""
