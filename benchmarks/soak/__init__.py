"""What takes too long for every change: long attacks, large catalogues, mutants. ``make soak`` runs all of it.

Each script here has a ``main()``, takes ``--seed``, and writes what it found into ``benchmarks/results/``.
"""
