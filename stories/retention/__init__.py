"""What is kept how long, and how a story is erased for ever."""
