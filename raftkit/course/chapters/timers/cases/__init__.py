"""The cases of notebook 01, a module for each topic."""
