"""What people said, with who and when: holds, answers, judgements, how rules stand, who is who."""
