"""What a workspace does for sign-offs: people enrolled, requests written, answers taken in."""
