"""What the council's staff do about partners, beside changing their pages: pages of the admin."""
