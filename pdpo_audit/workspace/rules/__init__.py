"""What applies rules: assess, ask, adopt, explain."""
