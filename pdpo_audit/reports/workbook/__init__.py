"""The workbook: its sheets laid out, then filled in a stream."""
