"""A notice by any channel that Apprise knows: chat, SMS, push messages and others."""

from __future__ import annotations

from pdpo_audit.errors import CallError, MachineError

#: This machine, by its names; nothing else is told in the clear.
_HERE = ("", "localhost", "127.0.0.1", "::1")


def send_by_channel(address: str, *, subject: str, text: str) -> None:
    """Hand a notice over to the channel that an address of Apprise (``schema://...``) names.

    Nothing of the address but its schema is ever told: the rest may be a secret.

    :raises CallError: it is no address of Apprise, or would go to another machine in the clear.
    :raises MachineError: Apprise is not installed. :raises OSError: the channel did not take it.
    """
    try:
        from apprise import Apprise, AppriseAsset, NotifyFormat
    except ImportError as missing:
        raise MachineError(
            "notices by other channels need Apprise", advice="pip install 'pdpo-audit[apprise]'"
        ) from missing
    asset = AppriseAsset(plugin_paths=[], storage_mode="memory", image_path_mask=False)
    asset.app_id = asset.app_desc = "pdpo-audit"
    asset.app_url, asset.image_url_mask, asset.image_url_logo, asset.http_redirects = "", "", "", False
    schema = address.partition(":")[0].lower()
    channel = Apprise.instantiate(address, asset=asset)
    if channel is None:
        raise CallError(f"Apprise knows no such address ({schema}://...)", advice="its documentation lists them")
    if _in_the_clear(schema, channel) and str(getattr(channel, "host", "") or "") not in _HERE:
        raise CallError(f"{schema}:// in the clear goes to this machine only", advice=f"say {_secure_name(channel)}://")
    if not channel.notify(title=subject, body=text, body_format=NotifyFormat.TEXT):
        raise OSError(f"{schema}:// did not take it")


def _in_the_clear(schema: str, channel: object) -> bool:
    plain, secure = _schemas(channel, "protocol"), _schemas(channel, "secure_protocol")
    return schema in plain and schema not in secure


def _secure_name(channel: object) -> str:
    return next(iter(_schemas(channel, "secure_protocol")), "a channel with TLS")


def _schemas(channel: object, kind: str) -> tuple[str, ...]:
    found = getattr(channel, kind, None) or ()
    return (found,) if isinstance(found, str) else tuple(found)
