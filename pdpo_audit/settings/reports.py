"""Rules, reports and their seal."""

from __future__ import annotations

from typing import Literal

from pdpo_audit.settings.sections import Section


class PolicySettings(Section):
    """The rule packs, by name or folder, and record classes of the organisation's own."""

    packs: tuple[str, ...] = ("hk-core-pdpo",)
    record_classes: tuple[str, ...] = ()


class ReportSettings(Section):
    """Languages and the privacy of the reports; ``writers`` of other packages add reports of their own."""

    languages: tuple[Literal["en", "zh-Hant"], ...] = ("en",)
    thumbnails: Literal["none", "pixelated", "clear"] = "pixelated"
    mask_paths: bool = False
    templates: str = ""
    writers: tuple[str, ...] = ()
    required_sign_offs: tuple[Literal["legal", "compliance", "communications", "dpo", "owner"], ...] = (
        "legal",
        "compliance",
        "communications",
        "dpo",
    )


class SigningSettings(Section):
    """The organisation's seal; a passphrase or PIN never stands here.

    ``key`` takes the place of ``pkcs12``: a PKCS#12 or PEM file, or a token's key (``pkcs11:...``, RFC 7512), with its
    ``certificate`` (PEM) where that is not with the key. ``trust`` names the certificates that seals must lead to.
    """

    pkcs12: str = "keys/seal.p12"
    key: str = ""
    certificate: str = ""
    timestamp_url: str = ""
    trust: tuple[str, ...] = ()
