"""What is given to people beside the reports: an owner's list, and the list of audits."""
