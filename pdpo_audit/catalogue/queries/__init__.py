"""What is read from the catalogue: pages, tables, follow-ups, the work that is pending."""
