"""The evidence of an audit: event log, lines of the inventory, manifest, bundle."""
