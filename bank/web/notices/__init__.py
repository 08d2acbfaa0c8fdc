"""The notices of whoever is signed in, and by which channels they come. One page for all portals."""
