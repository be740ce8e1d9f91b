"""The words of the reports in both languages, and how names are shown harmlessly."""
