"""Chapter 3: how logs come to agree (§5.3)."""
