"""Cash over the counter: tellers' drawers, what customers pay in and take out, the count at night."""
