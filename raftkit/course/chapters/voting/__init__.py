"""Chapter 2: terms and votes (§5.2, §5.4.1)."""
