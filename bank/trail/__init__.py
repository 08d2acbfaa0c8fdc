"""A company's own trail: what was done in its name, and by the bank upon it, for its owners and auditors."""
