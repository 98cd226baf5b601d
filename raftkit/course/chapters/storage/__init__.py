"""Chapter 5: what a server must not forget (Figure 2, State)."""
