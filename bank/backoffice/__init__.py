"""The admin site of the staff."""
