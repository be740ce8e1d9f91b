"""The one form in which a sealed report is written, to the byte: beside it no reader finds anything else."""
