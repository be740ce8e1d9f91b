"""What the review pages keep: invitations and sessions, decisions one after another, who looked at what."""
