"""How an answer is held against its cases: what is asked, how it is called, what comes of it."""
