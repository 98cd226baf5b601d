"""The cases of notebook 04, a module for each topic."""
