"""ACH files of NACHA: lines of 94 characters, read with every fault at its line and column, and written.

``reading.read`` reads a file, ``checks`` says what is wrong with it, ``writing.render`` writes one with its
counts, sums, hashes and blocks reckoned. Amounts are whole cents.
"""
