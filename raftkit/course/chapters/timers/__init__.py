"""Chapter 1: roles and timers (§5.1, §5.2)."""
