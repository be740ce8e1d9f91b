"""Files that hold others: archives, office documents, mail, PDF."""
