"""Plans, certificates and letters of disposition for people: PDF in both languages, and a workbook."""
