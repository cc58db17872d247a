"""Links, collections and bound links as other apps make and find them."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from orchestrator.links import api as links
from orchestrator.links.models import BoundLink, Collection, Link

HOSTILE_IDS = [
    "at://did:plc:abc/app.bsky.feed.post/3k?x=1#y",
    "a/b//c%2Fd",
    "<script>alert(1)</script>",
    "مرحبا\u202eabc",
    " leading and trailing ",
    "x" * 400,
]


@pytest.mark.parametrize("external_id", HOSTILE_IDS)
def test_an_id_is_kept_as_its_system_wrote_it(world, external_id):
    link = links.ensure_link(connection=world.dam, type="ImageObject", external_id=external_id)
    assert Link.objects.get(pk=link.pk).external_id == external_id


def test_the_same_asset_is_one_link(world):
    again = links.ensure_link(connection=world.dam, type="ImageObject", external_id="a-1")
    assert again == world.hero
    assert links.ensure_link(connection=world.dam, type="Product", external_id="a-1") != world.hero


@pytest.mark.parametrize(("type", "external_id"), [("", "a"), ("T", ""), ("T", "x" * 401), ("T", "a\x00b")])
def test_what_cannot_be_an_address_is_refused(world, type, external_id):
    before = Link.objects.count()
    with pytest.raises(links.AddressError):
        links.ensure_link(connection=world.dam, type=type, external_id=external_id)
    assert Link.objects.count() == before


def test_a_person_is_never_a_link(world):
    with pytest.raises(links.AddressError, match="bound link"):
        links.ensure_link(connection=world.crm, type="Person", external_id="crm-1")


def test_rows_are_found_in_one_query_with_their_connections(world, django_assert_num_queries):
    other = links.ensure_link(connection=world.dam, type="ImageObject", external_id="a-9")
    unknown = "00000000-0000-4000-8000-000000000000"
    with django_assert_num_queries(1):
        found = links.links_by_uuid([world.hero.uuid, str(other.uuid), unknown])
        names = {link.connection.name for link in found.values()}
    assert set(found) == {str(world.hero.uuid), str(other.uuid)}
    assert names == {"DAM"}


def test_no_uuids_ask_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert links.collections_by_uuid([]) == {}


def test_a_collection_is_saved_again_under_its_name(world):
    first = links.save_collection(connection=world.dam, name="Spa", type="Article", query={"tag": "spa"})
    again = links.save_collection(connection=world.dam, name="Spa", type="Product", query={}, limit=7)
    assert (again.pk, again.uuid) == (first.pk, first.uuid)
    assert Collection.objects.get(name="Spa").limit == 7


@pytest.mark.parametrize("limit", [0, 51])
def test_a_collection_has_a_sane_limit(world, limit):
    with pytest.raises(ValidationError):
        links.save_collection(connection=world.dam, name="Big", type="Article", query={}, limit=limit)
    assert not Collection.objects.filter(name="Big").exists()


def test_a_bound_link_needs_a_connection_that_holds_people(world):
    with pytest.raises(ValidationError, match="people"):
        links.save_bound_link(connection=world.dam, name="Guest", identifier_kind="loyalty_id")
    assert BoundLink.objects.filter(connection=world.dam).count() == 0


@pytest.mark.parametrize("by", ["row", "queryset"])
@pytest.mark.parametrize("kind", ["link", "collection", "bound"])
def test_what_is_used_cannot_be_deleted(world, kind, by):
    row = {"link": world.hero, "collection": world.help, "bound": world.guest}[kind]
    user = "11111111-1111-4111-8111-111111111111"
    links.report_uses(used_by="experience", used_by_uuid=user, draft=[(kind, row.uuid)], live=[])
    rows = type(row).objects.filter(pk=row.pk)
    with pytest.raises(ProtectedError), transaction.atomic():
        row.delete() if by == "row" else rows.delete()
    assert rows.exists()
    links.forget_uses(used_by="experience", used_by_uuid=user)
    rows.delete()
    assert not rows.exists()
