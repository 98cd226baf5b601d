"""Chapter 4: when an entry is committed, and what follows (§5.3, §5.4)."""
