"""Chapter 7: a whole server (Figure 2)."""
