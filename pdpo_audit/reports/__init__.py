"""What the reports say (`content`), and the writers that say it: PDF, workbook, tables."""
