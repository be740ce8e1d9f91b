"""``python -m pdpo_audit``."""

from pdpo_audit.cli import main

if __name__ == "__main__":
    main()
