"""Commands: what one person proposes and another decides."""
