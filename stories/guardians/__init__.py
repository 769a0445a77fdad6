"""What a parent or guardian is asked, and answers."""
