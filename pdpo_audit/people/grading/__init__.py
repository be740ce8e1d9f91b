"""How recognisable a detected face is, and how well that was measured."""
