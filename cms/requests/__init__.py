"""What every request and posted form passes: cleaned, sent once, given back when refused."""
