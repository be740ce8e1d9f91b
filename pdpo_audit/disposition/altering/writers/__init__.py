"""New files with fields of their pictures filled: each format by the library that writes it."""
