"""What two pictures that were laid over each other are to one another, and whether half the size tells it for sure."""

from __future__ import annotations

from pdpo_audit.model.clusters import Verdict
from pdpo_audit.similarity.comparison.agreement import DIFFERENT, Agreement
from pdpo_audit.similarity.comparison.laying import Laid, is_close
from pdpo_audit.similarity.comparison.relations import OVERLAY, SAME_TONES, WHOLE, is_drawn_over

#: Share of ink of either picture that may be missing in the other: in a photograph, on a mostly plain page, under a
#: sticker or caption bar. Copies measured at 0.000 to 0.008, other contents of one form at 0.03 and more.
_REPLACED_PHOTO, _REPLACED_PLAIN, _REPLACED_PATCH = 0.06, 0.012, 0.16
#: The same under a patch of one tone, and the share of the patch that has this tone.
_REPLACED_EVEN, _EVEN_GROUND = 0.40, 0.6
#: No patch has less of one tone than this. Measured on 144 photographs: stickers and bars 0.60 and more.
_LEAST_GROUND = 0.50
#: On a plain page a patch may be this share of what is not plain.
_PATCH_OF_CONTENT = 0.35
#: Pixels of ink that one place of a mostly plain page may have exchanged: a changed word is dozens.
_EXCHANGED = 5
#: Ink that may be added to a mostly plain page: more is a form that was filled in.
_ADDED_PLAIN = 0.06
#: A page on which half of the area has one tone.
_PLAIN = 0.55
#: A card with a photograph on it lies between: where one place exchanged so much ink, looking at half the size (which
#: forgives blur) must not excuse it. Cards of different people measured 0.064 to 0.104 replaced, big watermarks 0.030.
_HALF_PLAIN, _EXCHANGED_MANY, _REPLACED_HALF_PLAIN = 0.40, 60, 0.04
#: Structure that must be explained for "one layout" or "one scene".
_RELATED = 0.50
#: Of one of the two pictures this share must lie in the other: two parts of a scene that meet at an edge are two.
_SHARED = 0.5
#: Of the blocks with structure in both pictures, however faint, so many may have nothing in common: in all, and under a
#: patch. Copies measured at up to 0.06 and 0.15, faint pictures in the window of one program at 0.15 and more.
_STRANGE, _STRANGE_PATCH = 0.08, 0.20
#: Under a sticker or caption bar most of the structure must still be explained; on a plain page nearly all of it.
_PATCH_PHOTO, _PATCH_PLAIN = 0.60, 0.78
#: Or that beside the patch: a sticker on a faint picture is most of the structure of both.
_BESIDE_PATCH = 0.80
#: Of what lies on a plain ground that share is no edge: in photographs 0.27 and more, on documents up to 0.05.
_NO_DOCUMENT = 0.20
#: Two photographs of an object on a plain ground: structure that must be explained, by how much sharper one of them is
#: if it was sharpened or the other blurred, and ink that may be added else.
_EXPLAINED_OBJECT, _OTHER_SHARPNESS, _DRAWN_OVER_OBJECT = 0.60, 1.06, 0.33
#: Ink that one place may have exchanged there. Large watermarks measured up to 48, dark photographs on cards 59 and
#: more.
_EXCHANGED_OBJECT = 50

#: At half the size. Of 1,500 pairs, 1,120 were clear, and all of them had the same verdict at full size.
_CLEAR_LOST, _CLEAR_STRUCTURE, _CLEAR_LETTERING = 0.004, 0.5, 2
_CLEAR_PLAIN, _CLEAR_REPLACED = 0.45, 0.02
#: A photograph under lettering or a sticker: of 525 pairs that the above left open 122 are clear by this, 121 of
#: them duplicates at full size, too (in the last one noise under a caption hides structure there).
_CLEAR_PHOTO, _CLEAR_COVERED = 0.25, 0.65


def judge(laid: Laid) -> Verdict:
    """What the pictures are to one another."""
    agreement, replaced = laid.agreement, laid.replaced
    if agreement.explained < DIFFERENT:
        return Verdict.DIFFERENT
    if max(laid.geometry.left_inside, laid.geometry.right_inside) < _SHARED or agreement.strange > _STRANGE_PATCH:
        return _related(laid)
    plain = agreement.plain > _PLAIN
    if _is_patched(agreement, plain) and replaced <= (_REPLACED_EVEN if _is_bar(agreement) else _REPLACED_PATCH):
        return Verdict.DUPLICATE
    if agreement.strange > _STRANGE or agreement.other:
        return _related(laid)
    if plain:
        return Verdict.DUPLICATE if _is_same_page(laid) or _is_same_object(laid) else _related(laid)
    if agreement.plain > _HALF_PLAIN and agreement.exchanged > _EXCHANGED_MANY:
        return Verdict.DUPLICATE if replaced <= _REPLACED_HALF_PLAIN else _related(laid)
    return Verdict.DUPLICATE if min(replaced, agreement.replaced_coarse) <= _REPLACED_PHOTO else _related(laid)


def _is_same_page(laid: Laid) -> bool:
    """Whether next to nothing differs between two pages."""
    agreement = laid.agreement
    added = max(agreement.lost_toned, agreement.added_toned)
    return added <= _ADDED_PLAIN and agreement.exchanged <= _EXCHANGED and laid.replaced <= _REPLACED_PLAIN


def _is_same_object(laid: Laid) -> bool:
    """Whether two photographs of something on a plain ground are the same, one of them blurred or drawn over.

    What is drawn on a document, or unreadable there, is another document.
    """
    agreement = laid.agreement
    if agreement.calm < _NO_DOCUMENT or agreement.explained < _EXPLAINED_OBJECT or agreement.framed:
        return False
    if max(agreement.sharper, 1 / agreement.sharper) > _OTHER_SHARPNESS:
        return min(laid.replaced, agreement.replaced_coarse) <= _REPLACED_PLAIN
    added = max(agreement.lost_toned, agreement.added_toned)
    kept = laid.replaced <= _REPLACED_HALF_PLAIN and agreement.exchanged <= _EXCHANGED_OBJECT
    return kept and added <= _DRAWN_OVER_OBJECT


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


def _related(laid: Laid) -> Verdict:
    if laid.agreement.explained < _RELATED:
        return Verdict.DIFFERENT
    return Verdict.SAME_LAYOUT if laid.agreement.plain > _HALF_PLAIN else Verdict.SAME_SCENE


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
            if min(geometry.left_inside, geometry.right_inside) < WHOLE or laid.tone.change > SAME_TONES:
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
