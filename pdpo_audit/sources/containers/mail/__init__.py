"""Mail: messages and mailboxes as files, Outlook's own forms of them."""
