"""Settings of a workspace, one file a group of sections."""

from pdpo_audit.model.tool import SETTINGS_FILE as FILE_NAME
from pdpo_audit.settings.organisation import PersonSettings, plain_name
from pdpo_audit.settings.reading import load
from pdpo_audit.settings.running import CatalogueSettings
from pdpo_audit.settings.sources import SourceSettings
from pdpo_audit.settings.whole import Settings

__all__ = ["FILE_NAME", "CatalogueSettings", "PersonSettings", "Settings", "SourceSettings", "load", "plain_name"]
