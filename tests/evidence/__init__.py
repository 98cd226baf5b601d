"""Other courses' suites, told for this simulator, and what they catch: see README.md."""
