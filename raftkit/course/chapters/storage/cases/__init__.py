"""The cases of notebook 05: writes, messages that wait, restarts, and promises."""
