"""Keys and the identities that hold them: files, tokens, passphrases."""
