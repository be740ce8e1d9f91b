"""What this program calls itself in everything it writes."""

NAME = "pdpo-audit"
VERSION = "0.1.0"

#: The settings file that makes a folder a workspace.
SETTINGS_FILE = "pdpo-audit.toml"

#: ``PDPO_AUDIT_*`` variables that are settings of the process and not of that file.
NOT_SETTINGS = frozenset({"PDPO_AUDIT_PASSPHRASE", "PDPO_AUDIT_PASSPHRASE_FILE", "PDPO_AUDIT_WORKSPACE"})
