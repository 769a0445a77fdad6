"""The library of pictures in the admin."""
