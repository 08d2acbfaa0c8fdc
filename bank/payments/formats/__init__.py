"""Readers and writers of payment messages: plain Python and lxml, no database.

Every format is read into the terms of ``canonical`` and refused in the codes of ``errors``.
"""
