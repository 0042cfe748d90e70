"""Refusals: answers a user can act on, named after the reason. They carry facts, never a sentence.

A door chooses the text by `code`; a refusal is never logged above info and never retried. Faults (ours or
the world's) are ordinary exceptions whose names end in `Error`.
"""

from typing import ClassVar


class Refusal(Exception):
    """Root of all refusals; `facts` fill the placeholders of the sentence that the door chooses."""

    code: ClassVar[str] = "refused"

    def __init__(self, **facts: str | int | float | None) -> None:
        super().__init__(self.code)
        self.facts = facts


class NotYourCase(Refusal):
    """The actor plays no part in this case that allows the verb."""

    code = "not_your_case"


class NotYourTeam(Refusal):
    """The actor does not lead the area in which the other person holds a post."""

    code = "not_your_team"


class UnknownCase(Refusal):
    """No case of that number exists, or the actor may not know that it does."""

    code = "unknown_case"


class WrongState(Refusal):
    """The verb does not start in the state that the case is in."""

    code = "wrong_state"


class ReasonMissing(Refusal):
    """A reason code of the catalogue is needed and was not given, or is not known."""

    code = "reason_missing"


class WordsMissing(Refusal):
    """The verb needs words and got none."""

    code = "words_missing"


class ProofMissing(Refusal):
    """The hand-in needs an after-photo."""

    code = "proof_missing"


class PhotoStillLoading(Refusal):
    """A photo was received but its bytes are not here yet, so that it cannot be compared."""

    code = "photo_still_loading"


class SamePicture(Refusal):
    """The after-photo shows the very picture that reported the hazard."""

    code = "same_picture"


class TooLate(Refusal):
    """The return window is over; silence after it is acceptance."""

    code = "too_late"


class DesignatedStays(Refusal):
    """The district designated the owner; such a case cannot be returned."""

    code = "designated_stays"


class DistrictDecides(Refusal):
    """Too many dispatches failed; only the district centre may designate an owner."""

    code = "district_decides"


class OwnWork(Refusal):
    """The person who rectified never verifies."""

    code = "own_work"


class SecondPersonNeeded(Refusal):
    """Who asked may not also grant."""

    code = "second_person_needed"


class NothingAsked(Refusal):
    """There is no pending request of this sort to grant or decline."""

    code = "nothing_asked"


class NoExtensionForLifeDanger(Refusal):
    """Life in danger is never extended."""

    code = "no_extension_for_life_danger"


class ExtensionsUsed(Refusal):
    """Both extensions were given already, or the next one is the district's to give."""

    code = "extensions_used"


class DeadlineNotLater(Refusal):
    """The new deadline is not later than the old one."""

    code = "deadline_not_later"


class ReviewDateMissing(Refusal):
    """A suspension needs a review date in the future."""

    code = "review_date_missing"


class MeasureMissing(Refusal):
    """A suspension needs an interim safety measure."""

    code = "measure_missing"


class NoTarget(Refusal):
    """The dispatch, hand-over or merge names nobody and nothing, or the case itself."""

    code = "no_target"


class FieldMissing(Refusal):
    """A required field of the kind is empty; `field` names it."""

    code = "field_missing"


class FieldOutOfRange(Refusal):
    """A number is outside the range of its field; `field`, `low` and `high` tell."""

    code = "field_out_of_range"


class FieldUnreadable(Refusal):
    """What was typed is not a value of the field; `field` names it."""

    code = "field_unreadable"


class FiguresDisagree(Refusal):
    """Two disaster figures contradict each other; `check` names the rule."""

    code = "figures_disagree"


class PlaceMissing(Refusal):
    """A report needs a place, or the explicit word that nobody knows it."""

    code = "place_missing"


class OutsideCity(Refusal):
    """The place lies outside the city; `nearest` and `distance_m` tell how far."""

    code = "outside_city"


class NoSuchCode(Refusal):
    """The invite code is unknown, used, or over."""

    code = "no_such_code"


class TooManyTries(Refusal):
    """Too many wrong codes from this chat; `minutes` tells how long to wait."""

    code = "too_many_tries"


class NotBound(Refusal):
    """The chat belongs to nobody of the roster."""

    code = "not_bound"


class BadPhoto(Refusal):
    """A picture is too large, broken, or no picture; `why` names which."""

    code = "bad_photo"


class TooLong(Refusal):
    """A text is longer than its field takes; `limit` tells how long it may be."""

    code = "too_long"


class NoSuchItem(Refusal):
    """A unit, person, area, kind or rule of that name does not exist; `what` and `name` tell."""

    code = "no_such_item"


class KeyUsedOtherwise(Refusal):
    """The same key of a write came with another content."""

    code = "key_used_otherwise"


class BadAddress(Refusal):
    """An address that may not be told of changes; `why` names what is wrong with it."""

    code = "bad_address"


class PersonNeeded(Refusal):
    """A case is moved by people: who acts through an interface must act as somebody of the roster."""

    code = "person_needed"
