"""Settings from pdpo-audit.toml, checked."""
