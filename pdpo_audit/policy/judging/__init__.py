"""From facts to findings and dispositions: conditions, dates, effects, and the ladder."""
