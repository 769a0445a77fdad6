"""The memory in which each worker keeps finished public pages, and how it hears of changes."""
