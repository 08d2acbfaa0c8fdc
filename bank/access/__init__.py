"""What programs may do for people: apps, keys, consents, and the log of what they asked."""
