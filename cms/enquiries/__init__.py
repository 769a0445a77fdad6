"""Questions to the site team, and their answers."""
