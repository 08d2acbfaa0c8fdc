"""Commands that need a second pair of eyes: maker and checker."""
