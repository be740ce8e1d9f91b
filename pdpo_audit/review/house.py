"""What every page works with: the workspace, the one-time link, the templates."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pdpo_audit.review.access.identities import Identities
from pdpo_audit.review.access.limits import Allowance
from pdpo_audit.review.access.reveals import Reveals
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.picturing import Pictures
from pdpo_audit.workspace.review.words import selection_words, words_on_results

_HERE = Path(__file__).parent


@dataclass
class OneTimeLink:
    """The server's own link, printed where it was started; it opens one session and is spent."""

    digest: bytes = b""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def make(self) -> str:
        """A new secret; an earlier one opens nothing any more."""
        secret = secrets.token_urlsafe(32)
        self.digest = hashlib.sha256(secret.encode()).digest()
        return secret

    def fits(self, secret: str) -> bool:
        """Whether this is the secret, spent or not yet made ones are none."""
        given = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
        return bool(self.digest) and hmac.compare_digest(given, self.digest)

    def spend(self, secret: str) -> bool:
        """Use it up, where it is the secret."""
        with self.lock:
            if not self.fits(secret):
                return False
            self.digest = b""
            return True


@dataclass(kw_only=True)
class House:
    """The parts of a running server that pages share."""

    project: Project
    pictures: Pictures
    identities: Identities = field(default_factory=Identities)
    link: OneTimeLink = field(default_factory=OneTimeLink)
    templates: Environment = field(default_factory=lambda: _templates())
    #: Attempts to come in, of one address.
    attempts: Allowance = field(default_factory=lambda: Allowance(most=20, seconds=60))
    #: Clear pictures of one person.
    reveals: Allowance = field(default_factory=lambda: Allowance(most=60, seconds=60))
    #: Cases whose pictures sessions asked to see as they are.
    revealed: Reveals = field(default_factory=Reveals)
    #: Calls of the API with one token.
    calls: Allowance = field(default_factory=lambda: Allowance(most=600, seconds=60))
    #: Pictures that one person looks for.
    searches: Allowance = field(default_factory=lambda: Allowance(most=20, seconds=60))


def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters["base64"] = lambda data: base64.b64encode(data).decode()
    made.filters |= {"selection_words": selection_words, "words_on_results": words_on_results}
    return made
