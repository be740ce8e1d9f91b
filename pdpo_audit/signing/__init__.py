"""Seals, signatures, evidence, and their verification."""

import logging

# pyHanko logs what it rejects with whole tracebacks; here every rejection becomes a check in plain words.
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).addHandler(logging.NullHandler())
