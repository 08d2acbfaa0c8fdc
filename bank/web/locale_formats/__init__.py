"""How the staff tables write days and times: as the rest of the bank does."""
