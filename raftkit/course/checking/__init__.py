"""How an answer is checked: what is asked, how the answer is called, and the result."""
