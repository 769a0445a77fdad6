"""What the public may read, from when and until when, and who keeps it true."""
