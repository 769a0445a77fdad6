"""What must hold before a story or a picture is public, and putting it there."""
