"""The five systems differ as real ones do; what each promises to a connector holds."""

import pytest
import requests

from tests.demo.conftest import FORMS

FILE = "5b0c8d2e-71c4-4e0b-9a53-0d6a1f2c0001"
POST = "at://did:plc:meridianhotels/app.feed.post/"


@pytest.mark.parametrize(
    ("slug", "without", "wrong"),
    [("dam", 403, 401), ("pim", 401, 401), ("social", 401, 400), ("help", 401, 401), ("crm", 401, 401)],
)
def test_each_refuses_a_missing_and_a_wrong_key_in_its_own_way(world, slug, without, wrong):
    path = FORMS[slug]
    assert requests.get(world.address + path, timeout=10).status_code == without
    false_keys = {"Authorization": "Bearer wrong", "X-Api-Key": "wrong"}
    if slug in ("help", "crm"):
        false_keys["Authorization"] = "Basic aHViOndyb25n"
    assert requests.get(world.address + path, headers=false_keys, timeout=10).status_code == wrong
    assert world.ask(path).status_code == 200


def test_dam_pages_to_the_end_with_a_count(world):
    ids = []
    for page in (1, 2, 3, 4):
        answer = world.ask(
            f"/dam/files?limit=5&page={page}&sort=-uploaded_on,id&meta=filter_count&fields=id"
        ).json()
        assert answer["meta"] == {"filter_count": 12}
        ids += [row["id"] for row in answer["data"]]
    assert len(ids) == len(set(ids)) == 12


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("search=lavender", ["Lavender behind the country house"]),
        ("filter[tags][_contains]=candles", ["Quiet hour in the spa"]),
        ('filter={"folder":{"name":{"_eq":"Rooms"}}}', ["Deluxe room, sea side"]),
        (f"filter[id][_in]={FILE},00000000-0000-4000-8000-000000000000", ["Meridian Bay at dusk"]),
        (
            "filter[_and][0][type][_starts_with]=image/&filter[_and][1][title][_icontains]=POOL",
            ["The infinity pool at noon"],
        ),
        ("filter[modified_on][_gte]=2999-01-01T00:00:00Z", []),
    ],
)
def test_dam_filters_filter(world, query, titles):
    rows = world.ask(f"/dam/files?fields=title&{query}").json()["data"]
    assert [row["title"] for row in rows] == titles


def test_dam_answers_a_deleted_file_like_one_that_never_was(world):
    world.order(system="dam", action="delete", id=FILE)
    for file_id in (FILE, "00000000-0000-4000-8000-000000000000"):
        answer = world.ask(f"/dam/files/{file_id}")
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
    assert world.ask(f"/dam/files?filter[id][_in]={FILE}").json() == {"data": []}


def test_dam_has_its_vendors_errors(world):
    assert world.ask("/dam/files?limit=-5").json()["errors"][0]["extensions"]["code"] == "INVALID_QUERY"
    assert world.ask("/dam/files?fields=nope").status_code == 403
    assert world.ask("/dam/nothing").status_code == 404


def test_dam_takes_a_long_query_in_a_body(world):
    query = {"query": {"filter": {"id": {"_in": [FILE]}}, "fields": ["id"]}}
    answer = world.ask("/dam/files", method="SEARCH", json=query)
    assert answer.json() == {"data": [{"id": FILE}]}


def test_dam_pictures_need_the_token_and_come_in_the_size_asked(world):
    path = f"/dam/assets/{FILE}?width=320&height=200&format=webp"
    assert requests.get(world.address + path, timeout=10).status_code == 403
    answer = world.ask(path)
    assert answer.headers["Content-Type"] == "image/webp"
    assert world.ask(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_pim_goes_on_by_the_address_of_the_next_page(world):
    path, numbers = f"{FORMS['pim']}?limit=5&category=spa", []
    while path:
        answer = world.ask(path).json()
        numbers += [item["identifier"] for item in answer["_embedded"]["items"]]
        following = answer["_links"].get("next")
        path = following and following["href"].removeprefix(world.address)
    assert sorted(numbers) == ["SHOP-LAVENDER-100", "SPA-DAY", "SPA-SEA-90", "SPA-STONE-60"]


def test_pim_gives_prices_as_text_and_texts_by_language(world):
    values = world.ask(f"{FORMS['pim']}/SPA-DAY?locales=de").json()["values"]
    assert values["price"] == [{"data": [{"amount": "62.00", "currency": "EUR"}]}]
    assert [text["data"] for text in values["name"]] == ["Tag im Spa"]
    assert world.ask(f"{FORMS['pim']}/SPA-DAY?locales=fr").json()["values"]["name"][0]["locale"] == "en"


def test_pim_answers_404_for_a_deleted_product(world):
    world.order(system="pim", action="delete", id="SPA-DAY")
    assert world.ask(f"{FORMS['pim']}/SPA-DAY").status_code == 404


def test_pim_tells_what_changed_since(world):
    assert (
        world.ask(f"{FORMS['pim']}?updated_since=2999-01-01T00:00:00%2B01:00").json()["_embedded"]["items"]
        == []
    )
    before = world.ask(f"{FORMS['pim']}/SPA-DAY").json()["updated"]
    world.order(system="pim", action="edit", id="SPA-DAY", values={"price": "65"})
    now = world.ask(f"{FORMS['pim']}/SPA-DAY").json()["updated"]
    assert now > before
    changed = world.ask(FORMS["pim"], params={"updated_since": now}).json()["_embedded"]["items"]
    assert [item["identifier"] for item in changed] == ["SPA-DAY"]


def test_social_leaves_deleted_posts_out_without_a_word(world):
    world.order(system="social", action="delete", id="3lq4l7meridianb")
    uris = [POST + "3lq4l7meridianb", POST + "3lq4m5meridianc", POST + "never"]
    posts = world.ask("/social/xrpc/app.feed.getPosts", params={"uris": uris}).json()["posts"]
    assert [post["uri"] for post in posts] == [POST + "3lq4m5meridianc"]


def test_social_goes_on_by_a_cursor_newest_first(world):
    path, times, cursor = FORMS["social"], [], ""
    while cursor is not None:
        answer = world.ask(path, params={"tag": "spa", "limit": 3, "cursor": cursor}).json()
        times += [post["record"]["createdAt"] for post in answer["posts"]]
        cursor = answer.get("cursor")
    assert len(times) == 6
    assert times == sorted(times, reverse=True)


def test_social_an_edit_does_not_bring_an_old_post_to_the_top(world):
    world.order(system="social", action="edit", id="3lq4b7meridian2", values={"text": "Edited. #spa"})
    posts = world.ask(FORMS["social"], params={"tag": "spa"}).json()["posts"]
    assert [post["record"]["text"] for post in posts].index("Edited. #spa") == 5


def test_social_finds_by_words_and_shows_pictures_to_everybody(world):
    post = world.ask(FORMS["social"], params={"q": "croissants"}).json()["posts"][0]
    picture = requests.get(post["embed"]["images"][0]["thumb"], timeout=10)
    assert picture.headers["Content-Type"] == "image/jpeg"


def test_help_goes_on_by_page_numbers(world):
    first = world.ask(f"{FORMS['help']}?per_page=3").json()
    second = world.ask(first["next_page"].removeprefix(world.address)).json()
    assert (first["count"], len(first["articles"]), len(second["articles"]), second["next_page"]) == (
        5,
        3,
        2,
        None,
    )


def test_help_still_answers_for_a_deleted_article(world):
    world.order(system="help", action="delete", id="41007")
    article = world.ask(f"{FORMS['help']}/41007").json()["article"]
    assert (article["status"], "title" in article) == ("deleted", False)
    assert world.ask(f"{FORMS['help']}/41020").status_code == 404
    changed = world.ask(f"{FORMS['help']}?updated_since={article['updated_at']}").json()["articles"]
    assert [(row["id"], row["status"]) for row in changed] == [(41007, "deleted")]


def test_help_filters_filter(world):
    found = world.ask(f"{FORMS['help']}?query=chargers").json()["articles"]
    assert [row["id"] for row in found] == [41008]
    assert world.ask(f"{FORMS['help']}?ids=41007,41009").json()["count"] == 2
    assert world.ask(f"{FORMS['help']}?section=Arrival").json()["count"] == 2


def test_crm_finds_a_guest_and_goes_on_by_a_header(world):
    found = world.ask(f"{FORMS['crm']}?in_loyalty_id=ML-100234,ML-nobody").json()["data"]
    assert [guest["tier"] for guest in found] == ["gold"]
    path, guests = f"{FORMS['crm']}?_limit=4", []
    while path:
        answer = world.ask(path)
        guests += answer.json()["data"]
        path = answer.headers.get("Next-Page", "").removeprefix(world.address)
    assert len({guest["id"] for guest in guests}) == 6


def test_crm_leaves_tombstones(world):
    records = world.ask(FORMS["crm"])
    since = records.headers["ETag"].strip('"')
    gone = records.json()["data"][0]["id"]
    world.order(system="crm", action="delete", id=gone)
    assert world.ask(f"{FORMS['crm']}/{gone}").status_code == 404
    changed = world.ask(f"{FORMS['crm']}?_since={since}").json()["data"]
    assert [(row["id"], row["deleted"]) for row in changed] == [(gone, True)]
