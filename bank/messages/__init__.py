"""Messages between banks and their customers, read and written in plain Python: no Django in here."""
