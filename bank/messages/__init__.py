"""Messages between banks and their customers, read and written in plain Python: no Django in here.

Every format is read into the terms of ``canonical`` (payments) or ``statements`` (accounts), and refused in
the codes of ``errors``.
"""
