"""Repeatable measurements, one script a question; ``soak`` is what takes hours, ``results`` what it found."""
