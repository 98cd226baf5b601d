"""The cases of notebook 02, a module for each topic."""
