"""Template tag libraries shared by every door; ``{% load bank %}`` is the one to load."""
