"""What the child of ``bank.documents.inspection`` does: it reads hostile files and knows nothing else."""
