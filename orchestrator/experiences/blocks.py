"""The StreamField blocks of experiences and fragments. Links, collections and bound links come from links."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import BlockGroup

from orchestrator.engine.plan import FRAME_PX, Failure
from orchestrator.experiences.slot_names import GIVEN_TWICE, NAME_RULE, NAME_RULE_WORDS
from orchestrator.experiences.types import in_order, type_choices
from orchestrator.links.blocks import ItemsBlock, RowBlock

__all__ = [
    "FragmentBlock",
    "FragmentItemsBlock",
    "SlotBlock",
    "SlotItemsBlock",
    "SlotNameBlock",
    "SlotsBlock",
]

FAILURE_CHOICES = [
    (Failure.LAST_KNOWN_GOOD.value, _("Show the last good copy")),
    (Failure.SUBSTITUTE.value, _("Show a fallback instead")),
    (Failure.OMIT.value, _("Leave it out")),
]

FORMAT_CHOICES = [("", _("As its source has it")), ("webp", "WebP"), ("jpeg", "JPEG"), ("avif", "AVIF")]


class FragmentBlock(RowBlock):
    """A fragment, taken at its current version."""

    target_model = "experiences.Fragment"

    @cached_property
    def widget(self) -> Any:
        # Blocks are imported by models; this widget needs models that are ready.
        from wagtail.snippets.widgets import AdminSnippetChooser  # noqa: PLC0415

        return AdminSnippetChooser(self.model_class, icon=self.meta.icon)

    def _rows(self) -> Any:
        return self.model_class.objects.select_related("locale")

    class Meta:
        icon = "copy"
        label = _("Fragment")
        description = _("Items that several experiences share; they are changed in one place.")


class FragmentItemsBlock(ItemsBlock):
    """What a fragment holds. Not another fragment: so none can hold itself."""


class SlotItemsBlock(ItemsBlock):
    """What a slot holds."""

    fragment = FragmentBlock()


class TypesBlock(blocks.MultipleChoiceBlock):
    """Types, in the order of the list, told in words wherever versions are compared."""

    def to_python(self, value: Any) -> Any:
        return in_order(super().to_python(value) or ())

    def value_from_form(self, value: Any) -> Any:
        return in_order(value or ())

    def render_basic(self, value: Any, context: Any = None) -> str:  # noqa: ARG002 - Wagtail's signature.
        labels = dict(type_choices())
        return ", ".join(str(labels.get(name, name)) for name in value or ())


class FailureBlock(blocks.ChoiceBlock):
    """What a slot does about an item that cannot be read; told in words, too."""

    def render_basic(self, value: Any, context: Any = None) -> str:  # noqa: ARG002 - Wagtail's signature.
        return str(dict(FAILURE_CHOICES).get(value, value or ""))


class FormatBlock(blocks.ChoiceBlock):
    """What pictures are asked for as; told in words, too."""

    def render_basic(self, value: Any, context: Any = None) -> str:  # noqa: ARG002 - Wagtail's signature.
        return str(dict(FORMAT_CHOICES).get(value or "", value))


class NumberBlock(blocks.IntegerBlock):
    """A number that may be left empty."""

    def render_basic(self, value: Any, context: Any = None) -> str:  # noqa: ARG002 - Wagtail's signature.
        return "" if value is None else str(value)

    def deconstruct(self) -> tuple[str, Any, Any]:
        # How it reads is no change of the schema; wagtail's blocks of choices do the same.
        return ("wagtail.blocks.IntegerBlock", *self._constructor_args)


class SlotNameBlock(blocks.CharBlock):
    """A slot's name. A wrong one is told while it is typed and stays in the draft; publishing refuses it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.field.widget.attrs |= {
            "data-controller": "slot-name",
            "data-slot-name-rule-value": NAME_RULE,
            "data-slot-name-wrong-value": NAME_RULE_WORDS,
            "data-slot-name-twice-value": GIVEN_TWICE,
        }

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except ValidationError:
            if not self.is_deferred_validation:
                raise
            # Refusing the draft would hold up everything else that is typed.
            return value.strip()

    def deconstruct(self) -> tuple[str, Any, Any]:
        # When it is refused is no change of the schema.
        return ("wagtail.blocks.CharBlock", *self._constructor_args)


class SlotBlock(blocks.StructBlock):
    """A named place, with what it does when an item cannot be read."""

    name = SlotNameBlock(
        label=_("Name"),
        max_length=60,
        help_text=_("What the app calls this place. Small letters, digits and hyphens: “hero”."),
        validators=[RegexValidator(rf"^{NAME_RULE}\Z", NAME_RULE_WORDS)],
    )
    items = SlotItemsBlock(label=_("Items"), required=False)
    label = blocks.CharBlock(
        label=_("Label"), required=False, max_length=120, help_text=_("A heading that the app may show.")
    )
    accepts = TypesBlock(
        label=_("Accepts"),
        required=False,
        choices=type_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing selected accepts every type."),
    )
    on_failure = FailureBlock(
        label=_("When an item cannot be read"),
        choices=FAILURE_CHOICES,
        default=Failure.LAST_KNOWN_GOOD.value,
        required=True,
    )
    last_known_good_minutes = NumberBlock(
        label=_("Last good copy for at most (minutes)"),
        required=False,
        min_value=0,
        max_value=60 * 24 * 30,
        help_text=_("Empty leaves it to the connection."),
    )
    fallback = SlotItemsBlock(
        label=_("Fallback"),
        required=False,
        help_text=_("Shown in this order, in the place of items that cannot be read."),
    )

    picture_width = NumberBlock(
        label=_("Picture width (pixels)"),
        required=False,
        min_value=FRAME_PX.start,
        max_value=FRAME_PX.stop - 1,
        help_text=_(
            "How wide the app shows a picture at most, in CSS pixels. Sources are then asked for that size, "
            "and on web channels for smaller and larger ones to choose from."
        ),
    )
    picture_height = NumberBlock(
        label=_("Picture height (pixels)"),
        required=False,
        min_value=FRAME_PX.start,
        max_value=FRAME_PX.stop - 1,
        help_text=_(
            "Empty keeps the picture’s shape. With a width, it is cut to this shape where the source can."
        ),
    )
    picture_format = FormatBlock(
        label=_("Picture format"),
        required=False,
        choices=FORMAT_CHOICES,
        default="",
        help_text=_("Sources that cannot give it keep their own."),
    )

    class Meta:
        icon = "placeholder"
        label = _("Slot")
        label_format = "{name} {label}"
        description = _("A named place in the app: a hero, a gallery, the guest's tier.")
        form_classname = "struct-block slot-block"
        form_layout = BlockGroup(
            children=["name", "items"],
            settings=[
                *("label", "accepts", "on_failure", "last_known_good_minutes", "fallback"),
                BlockGroup(
                    children=["picture_width", "picture_height", "picture_format"],
                    heading=_("Pictures"),
                    icon="image",
                    classname="collapsed slot-pictures",
                    label_format="{picture_width} {picture_height} {picture_format}",
                ),
            ],
        )


class SlotsBlock(blocks.StreamBlock):
    """The slots of an experience, in the author's order."""

    slot = SlotBlock()

    class Meta:
        collapsed = False
