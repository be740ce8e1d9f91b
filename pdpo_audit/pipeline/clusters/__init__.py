"""Stage 3: candidate pairs, their verification, duplicate clusters and masters."""
