"""The sentences of findings and dispositions, in both languages."""
