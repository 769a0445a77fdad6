"""Where staff read stories and decide about them."""
