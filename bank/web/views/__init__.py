"""What the customers' portals share behind their pages: drafts, activity, problems, exports."""
