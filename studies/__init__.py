"""Studies of the whole system: longer than a test, one command each, with numbers for the documentation."""
