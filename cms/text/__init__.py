"""Text as people send it: cleaned, limited, and kept as PostgreSQL and other programs can take it."""
