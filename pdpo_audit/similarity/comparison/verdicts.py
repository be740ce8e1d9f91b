"""What two pictures that were laid over each other are to one another, and whether half the size tells it for sure."""

from __future__ import annotations

from dataclasses import dataclass

from pdpo_audit.model.clusters import Evidence, Verdict
from pdpo_audit.similarity.comparison.agreement import Agreement
from pdpo_audit.similarity.comparison.laying import Laid, is_close
from pdpo_audit.similarity.comparison.relations import MUCH_CHANGED, OVERLAY, WHOLE, is_drawn_over
from pdpo_audit.similarity.cuts import cut
from pdpo_audit.similarity.cuts.held import Held, tightest

_REPLACED_PHOTO, _REPLACED_PLAIN, _REPLACED_PATCH = cut("replaced_photo"), cut("replaced_plain"), cut("replaced_patch")
_REPLACED_EVEN, _EVEN_GROUND, _LEAST_GROUND = cut("replaced_even"), cut("even_ground"), cut("least_ground")
_PATCH_OF_CONTENT, _EXCHANGED, _ADDED_PLAIN = cut("patch_of_content"), cut("exchanged"), cut("added_plain")
_PLAIN, _HALF_PLAIN = cut("plain"), cut("half_plain")
#: A card with a photograph on it: where one place exchanged so much ink, looking at half the size (which forgives blur)
#: must not excuse it.
_EXCHANGED_MANY, _REPLACED_HALF_PLAIN = cut("exchanged_many"), cut("replaced_half_plain")
#: Of one of the two pictures a share must lie in the other: two parts of a scene that meet at an edge are two.
_RELATED, _SHARED = cut("related"), cut("shared")
_STRANGE, _STRANGE_PATCH = cut("strange"), cut("strange_patch")
_PATCH_PHOTO, _PATCH_PLAIN, _BESIDE_PATCH = cut("patch_photo"), cut("patch_plain"), cut("beside_patch")
_NO_DOCUMENT, _DIFFERENT = cut("no_document"), cut("different")
_EXPLAINED_OBJECT, _OTHER_SHARPNESS = cut("explained_object"), cut("other_sharpness")
_DRAWN_OVER_OBJECT, _EXCHANGED_OBJECT = cut("drawn_over_object"), cut("exchanged_object")

#: At half the size. Of 1,500 pairs, 1,120 were clear, and all of them had the same verdict at full size.
_CLEAR_LOST, _CLEAR_STRUCTURE, _CLEAR_LETTERING = cut("clear_lost"), cut("clear_structure"), cut("clear_lettering")
_CLEAR_PLAIN, _CLEAR_REPLACED = cut("clear_plain"), cut("clear_replaced")
#: A photograph under lettering or a sticker: of 525 pairs that the above left open 122 are clear by this, 121 of
#: them duplicates at full size, too (in the last one noise under a caption hides structure there).
_CLEAR_PHOTO, _CLEAR_COVERED = cut("clear_photo"), cut("clear_covered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What two pictures are to one another, the name of the rule that decided, what it held against which cut (no
    cut where it asks none), and of two that are no copies the cut that tells a link."""

    verdict: Verdict
    rule: str
    held: Held | None
    link: Held | None = None

    @property
    def told(self) -> Evidence:
        """What the evidence of the pair says of it."""
        told: Evidence = {"rule": self.rule}
        told |= self.held.told if self.held else {}
        return told | ({"linked_by": self.link.by, "linked_at": round(self.link.at, 4)} if self.link else {})


def judge(laid: Laid) -> Verdict:
    """What the pictures are to one another."""
    return decide(laid).verdict


def decide(laid: Laid) -> Decision:
    """What the pictures are to one another, and by which rule: the first that applies."""
    agreement, replaced = laid.agreement, laid.replaced
    plain = agreement.plain > _PLAIN
    if agreement.explained < _DIFFERENT:
        held = Held(by="different", at=agreement.explained)
        return Decision(verdict=Verdict.DIFFERENT, rule="too little explained", held=held)
    shared = max(laid.geometry.left_inside, laid.geometry.right_inside)
    if shared < _SHARED:
        return _apart(laid, "too little shared", Held(by="shared", at=shared))
    if agreement.strange > _STRANGE_PATCH:
        return _apart(laid, "too strange", Held(by="strange_patch", at=agreement.strange))
    most = "replaced_even" if _is_bar(agreement) else "replaced_patch"
    if _is_patched(agreement, plain) and replaced <= (_REPLACED_EVEN if _is_bar(agreement) else _REPLACED_PATCH):
        return _same("all but a patch", Held(by=most, at=replaced))
    if agreement.other:
        return _apart(laid, "something else in one place", None)
    if agreement.strange > _STRANGE:
        return _apart(laid, "too strange", Held(by="strange", at=agreement.strange))
    if plain and _is_same_page(laid):
        return _same("page with its ink", _held_of_page(laid))
    if plain and _is_same_object(laid):
        return _same("object with its ink", _held_of_object(laid))
    if plain:
        held = _held_of_object(laid) if _is_object(agreement) else _held_of_page(laid)
        return _apart(laid, "other ink on a plain ground", held)
    if agreement.plain > _HALF_PLAIN and agreement.exchanged > _EXCHANGED_MANY:
        held = Held(by="replaced_half_plain", at=replaced)
        same = replaced <= _REPLACED_HALF_PLAIN
        return _same("card with its ink", held) if same else _apart(laid, "other ink on a card", held)
    held = Held(by="replaced_photo", at=min(replaced, agreement.replaced_coarse))
    same = held.at <= _REPLACED_PHOTO
    return _same("photograph with its ink", held) if same else _apart(laid, "other ink in a photograph", held)


def _same(rule: str, held: Held) -> Decision:
    return Decision(verdict=Verdict.DUPLICATE, rule=rule, held=held)


def _apart(laid: Laid, rule: str, held: Held | None) -> Decision:
    agreement = laid.agreement
    if agreement.explained < _RELATED:
        link = Held(by="related", at=agreement.explained)
        return Decision(verdict=Verdict.DIFFERENT, rule=rule, held=held, link=link)
    verdict = Verdict.SAME_LAYOUT if agreement.plain > _HALF_PLAIN else Verdict.SAME_SCENE
    return Decision(verdict=verdict, rule=rule, held=held, link=Held(by="half_plain", at=agreement.plain))


def _is_same_page(laid: Laid) -> bool:
    """Whether next to nothing differs between two pages."""
    agreement = laid.agreement
    added = max(agreement.lost_toned, agreement.added_toned)
    return added <= _ADDED_PLAIN and agreement.exchanged <= _EXCHANGED and laid.replaced <= _REPLACED_PLAIN


def _held_of_page(laid: Laid) -> Held:
    agreement = laid.agreement
    return tightest(
        Held(by="added_plain", at=max(agreement.lost_toned, agreement.added_toned)),
        Held(by="exchanged", at=agreement.exchanged),
        Held(by="replaced_plain", at=laid.replaced),
    )


def _is_object(agreement: Agreement) -> bool:
    """Whether what lies on a plain ground is photographed; what is drawn on a document, or unreadable there, is not."""
    return agreement.calm >= _NO_DOCUMENT and agreement.explained >= _EXPLAINED_OBJECT and not agreement.framed


def _is_same_object(laid: Laid) -> bool:
    """Whether two photographs of something on a plain ground are the same, one of them blurred or drawn over.

    What is drawn on a document, or unreadable there, is another document.
    """
    agreement = laid.agreement
    if not _is_object(agreement):
        return False
    if _is_other_sharp(agreement):
        return min(laid.replaced, agreement.replaced_coarse) <= _REPLACED_PLAIN
    added = max(agreement.lost_toned, agreement.added_toned)
    kept = laid.replaced <= _REPLACED_HALF_PLAIN and agreement.exchanged <= _EXCHANGED_OBJECT
    return kept and added <= _DRAWN_OVER_OBJECT


def _held_of_object(laid: Laid) -> Held:
    agreement = laid.agreement
    if _is_other_sharp(agreement):
        return Held(by="replaced_plain", at=min(laid.replaced, agreement.replaced_coarse))
    return tightest(
        Held(by="replaced_half_plain", at=laid.replaced),
        Held(by="exchanged_object", at=agreement.exchanged),
        Held(by="drawn_over_object", at=max(agreement.lost_toned, agreement.added_toned)),
    )


def _is_other_sharp(agreement: Agreement) -> bool:
    return max(agreement.sharper, 1 / agreement.sharper) > _OTHER_SHARPNESS


def _is_patched(agreement: Agreement, plain: bool) -> bool:
    """Whether all that differs is one patch, and what lies around it proves that the pictures are the same."""
    if not agreement.patch or agreement.ground < (_LEAST_GROUND if agreement.plain <= _HALF_PLAIN else _EVEN_GROUND):
        return False  # a sticker or bar has an even ground, a photograph in the place of another has not
    if not plain:
        return agreement.explained > _PATCH_PHOTO or agreement.beside > _BESIDE_PATCH
    # Product shots are a plain ground around one patch, which is all there is to see.
    return agreement.explained > _PATCH_PLAIN and agreement.patch <= _PATCH_OF_CONTENT * (1 - agreement.plain)


def _is_bar(agreement: Agreement) -> bool:
    """A bar or sticker of one tone on a photograph may hide more ink than what is exchanged in a scene."""
    return agreement.plain <= _PLAIN and agreement.ground >= _EVEN_GROUND


def is_clear(laid: Laid) -> bool:
    """Whether half the size tells for certain: a photograph of which nothing is missing, or a form filled in anew."""
    agreement = laid.agreement
    match judge(laid):
        case Verdict.DUPLICATE:
            if agreement.plain > _HALF_PLAIN or agreement.explained < _CLEAR_STRUCTURE:
                return False
            if laid.replaced > _CLEAR_LOST and not _is_covered_photo(laid):
                return False
            geometry, laid_over = laid.geometry, max(agreement.lost_toned, agreement.added_toned)
            if min(geometry.left_inside, geometry.right_inside) < WHOLE or laid.tone.change > MUCH_CHANGED:
                return True  # whether something was laid over it, too, makes no difference to its name
            # Next to nothing may be laid over it, for lettering is four times smaller here, or a lot.
            much = laid_over > OVERLAY or is_drawn_over(agreement, laid.tone)
            return much or (laid_over <= _CLEAR_LOST and agreement.lettering <= _CLEAR_LETTERING)
        case Verdict.SAME_LAYOUT:
            return agreement.plain > _CLEAR_PLAIN and laid.replaced > _CLEAR_REPLACED
        case _:
            return False


def _is_covered_photo(laid: Laid) -> bool:
    """Whether lettering or a sticker hides a part of a photograph of which all the rest is there."""
    agreement = laid.agreement
    most = _REPLACED_PATCH if agreement.patch else _REPLACED_PHOTO
    return (
        agreement.plain <= _CLEAR_PHOTO
        and agreement.explained > _CLEAR_COVERED
        and agreement.strange <= _STRANGE / 2
        and laid.replaced <= most / 2
    )


def is_enough(laid: Laid) -> bool:
    """Whether no better way to lay them need be looked for at half the size."""
    return is_clear(laid) or is_close(laid)
