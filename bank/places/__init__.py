"""Branches and cash machines: where they stand, when they are open, what they do."""
