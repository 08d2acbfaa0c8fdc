"""SWIFT MT messages: blocks and fields (``blocks``), what MT103 and MT202 must hold (``checks``), translation
to and from ISO 20022 (``to_mx``, ``to_mt``).
"""
