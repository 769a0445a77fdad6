"""Search: how text is read, and how long a question may take. Knows no kind of thing that is searched."""
