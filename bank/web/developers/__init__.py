"""Pages for those who write programs: apps, keys, the log of requests, and how to try it."""
