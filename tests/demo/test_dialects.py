"""The five systems differ as real ones do; what each promises to a connector holds."""

import io
from datetime import datetime, timedelta

import pytest
import requests
from PIL import Image

from tests.demo.conftest import FORMS

FILE = "5b0c8d2e-71c4-4e0b-9a53-0d6a1f2c0001"
POST = "at://did:plc:meridianhotels/app.feed.post/"


@pytest.mark.parametrize(
    ("slug", "without", "wrong"), [("dam", 403, 401), ("social", 401, 400), ("crm", 401, 401)]
)
def test_some_refuse_a_missing_and_a_wrong_key_each_in_its_own_way(world, slug, without, wrong):
    path = FORMS[slug]
    assert requests.get(world.address + path, timeout=10).status_code == without
    false_key = "Basic aHViOndyb25n" if slug == "crm" else "Bearer wrong"
    assert (
        requests.get(world.address + path, headers={"Authorization": false_key}, timeout=10).status_code
        == wrong
    )
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


def test_pim_refuses_a_key_with_status_200_and_shows_its_shop_to_everybody(world):
    for headers in ({}, {"vendure-api-key": "wrong"}):
        answer = requests.post(
            f"{world.address}/pim/admin-api",
            json={"query": "{ products { totalItems } }"},
            headers=headers,
            timeout=10,
        )
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (200, "FORBIDDEN")
    own = {"vendure-api-key": ""}
    assert world.shop("{ products { totalItems } }", api="shop-api", headers=own)["data"]["products"]


def test_pim_goes_on_by_skip_and_take(world):
    document = "query L($o: ProductListOptions) { products(options: $o) { totalItems items { id } } }"
    ids = []
    for skip in (0, 5, 10):
        found = world.shop(document, variables={"o": {"skip": skip, "take": 5}})["data"]["products"]
        assert found["totalItems"] == 12
        ids += [row["id"] for row in found["items"]]
    assert ids == [str(number) for number in range(1, 13)]


def test_pim_gives_prices_in_cents_and_texts_by_language(world):
    document = "{ product(id: 3) { name languageCode variants { sku price priceWithTax currencyCode } } }"
    product = world.shop(document, query="?languageCode=de")["data"]["product"]
    variant = {"sku": "SPA-DAY", "price": 5210, "priceWithTax": 6200, "currencyCode": "EUR"}
    assert product == {"name": "Tag im Spa", "languageCode": "de", "variants": [variant]}
    other = world.shop(document, query="?languageCode=fr")["data"]["product"]
    assert (other["name"], other["languageCode"]) == ("Day at the spa", "en")


def test_pim_has_variants_with_options_and_prices_of_their_own(world):
    document = "{ product(id: 12) { variants { sku priceWithTax options { name group { name } } } } }"
    variants = world.shop(document)["data"]["product"]["variants"]
    assert [(one["sku"], one["priceWithTax"]) for one in variants] == [
        ("SHOP-ROBE-S", 9500), ("SHOP-ROBE-M", 9500), ("SHOP-ROBE-L", 9500), ("SHOP-ROBE-XXL", 10500),
    ]  # fmt: skip
    assert variants[3]["options"] == [{"name": "XXL", "group": {"name": "Size"}}]


def test_pim_hides_what_is_not_for_sale_from_visitors_only(world):
    document = "{ product(id: 3) { id enabled } }"
    world.order(system="pim", action="edit", id="3", values={"enabled": "no"})
    assert world.shop(document)["data"]["product"] == {"id": "3", "enabled": False}
    assert world.shop(document, api="shop-api")["data"]["product"] is None
    world.order(system="pim", action="delete", id="3")
    assert world.shop(document)["data"]["product"] is None


@pytest.mark.parametrize(
    ("document", "query", "headers", "code"),
    [
        ("{ products { nope } }", "", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("{ products(options: {take: 5000}) { totalItems } }", "", {}, "USER_INPUT_ERROR"),
        ("{ products { totalItems } }", "?currencyCode=USD", {}, "USER_INPUT_ERROR"),
        ("{ products { totalItems } }", "", {"vendure-token": "other"}, "CHANNEL_NOT_FOUND"),
        ('{ products(options: {filter: {colour: {eq: "red"}}}) { totalItems } }', "", {}, "BAD_USER_INPUT"),
    ],
)
def test_pim_has_its_vendors_errors(world, document, query, headers, code):
    answer = world.shop(document, query=query, headers=headers)
    assert answer["errors"][0]["extensions"]["code"] == code


def test_pim_tells_what_changed_since(world):
    document = "query C($o: ProductListOptions) { products(options: $o) { items { id updatedAt } } }"

    def changed(since):
        options = {"filter": {"updatedAt": {"after": since}}}
        return world.shop(document, variables={"o": options})["data"]["products"]["items"]

    before = changed("2000-01-01T00:00:00Z")
    newest = max(row["updatedAt"] for row in before)
    assert changed(newest) == []
    world.order(system="pim", action="edit", id="3", values={"price": "65"})
    assert [row["id"] for row in changed(newest)] == ["3"]


@pytest.mark.parametrize(
    ("asked", "skus"),
    [
        ({"term": "robe-xxl"}, ["SHOP-ROBE-S"]),
        ({"collectionSlug": "dining", "sort": {"price": "ASC"}}, ["DIN-BED", "DIN-TERRACE-4"]),
        ({"collectionSlug": "dining", "sort": {"price": "DESC"}}, ["DIN-TERRACE-4", "DIN-BED"]),
        ({"term": "spa", "take": 1, "skip": 1, "sort": {"name": "ASC"}}, ["SHOP-LAVENDER-100"]),
    ],
)
def test_pim_searches_by_product(world, asked, skus):
    document = "query S($input: SearchInput!) { search(input: $input) { totalItems items { sku } } }"
    found = world.shop(document, variables={"input": {"groupByProduct": True, **asked}})["data"]["search"]
    assert [row["sku"] for row in found["items"]] == skus


def test_pim_finds_by_facets_and_each_has_an_id(world):
    facets = world.shop("{ facets { items { code values { id code } } } }")["data"]["facets"]["items"]
    treatment = next(one for one in facets[0]["values"] if one["code"] == "treatment")
    asked = {"facetValueFilters": [{"and": treatment["id"]}]}
    document = "query S($input: SearchInput!) { search(input: $input) { items { productId } } }"
    found = world.shop(document, variables={"input": asked})["data"]["search"]["items"]
    assert [row["productId"] for row in found] == ["1", "2"]


@pytest.mark.parametrize(
    ("query", "size", "kind"),
    [
        ("", (1600, 1000), "jpeg"),
        ("?w=300&h=300&mode=crop&format=webp&fpx=0.4&fpy=0.6", (300, 300), "webp"),
        ("?w=320", (320, 200), "jpeg"),
        ("?preset=thumb", (150, 150), "jpeg"),
        ("?preset=medium", (500, 313), "jpeg"),
    ],
)
def test_pim_pictures_are_for_everybody_and_come_in_the_size_asked(world, query, size, kind):
    document = "{ assets(options: {take: 1}) { items { source focalPoint { x y } } } }"
    asset = world.shop(document)["data"]["assets"]["items"][0]
    assert asset["focalPoint"] == {"x": 0.4, "y": 0.64}
    answer = requests.get(asset["source"] + query, timeout=10)
    assert answer.headers["Content-Type"] == f"image/{kind}"
    assert Image.open(io.BytesIO(answer.content)).size == size


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


EVERYTHING = "status=any,trash"


def test_help_goes_on_by_page_numbers_with_totals_in_headers(world):
    first = world.ask(f"{FORMS['help']}?per_page=5")
    assert (first.headers["X-WP-Total"], first.headers["X-WP-TotalPages"]) == ("8", "2")
    following = first.links["next"]["url"].removeprefix(world.address)
    second = world.ask(following)
    assert "next" not in second.links
    ids = [row["id"] for row in first.json() + second.json()]
    assert len(set(ids)) == 8
    beyond = world.ask(f"{FORMS['help']}?page=3&per_page=5")
    assert (beyond.status_code, beyond.json()["code"]) == (400, "rest_post_invalid_page_number")


def test_help_takes_a_wrong_password_for_nobodys(world):
    path = world.address + FORMS["help"]
    wrong = {"Authorization": "Basic aHViOndyb25n"}
    for headers in ({}, wrong):
        assert len(requests.get(path, headers=headers, timeout=10).json()) == 8
        refused = requests.get(f"{path}?{EVERYTHING}", headers=headers, timeout=10)
        inner = refused.json()["data"]["details"]["status"]
        assert (refused.status_code, inner["data"]["status"]) == (400, 401)


def test_help_tells_an_editor_alone_the_trash_from_a_draft(world):
    world.order(system="help", action="delete", id="41007")
    world.order(system="help", action="edit", id="41008", values={"status": "draft"})
    found = world.ask(f"{FORMS['help']}?{EVERYTHING}&include=41007,41008&orderby=include&_fields=id,status")
    assert found.json() == [{"id": 41007, "status": "trash"}, {"id": 41008, "status": "draft"}]
    for number in (41007, 41008):
        answer = requests.get(f"{world.address}{FORMS['help']}/{number}", timeout=10)
        assert (answer.status_code, answer.json()["code"]) == (401, "rest_forbidden")
    assert world.ask(f"{FORMS['help']}?status=any&per_page=100").headers["X-WP-Total"] == "8"
    assert world.ask(f"{FORMS['help']}/9").json()["code"] == "rest_post_invalid_id"


def test_help_tells_what_changed_since(world):
    world.order(system="help", action="edit", id="41009", values={"title": "What & why?"})
    row = world.ask(f"{FORMS['help']}/41009").json()
    assert row["title"] == {"rendered": "What &#038; why?"}
    path = f"{FORMS['help']}?{EVERYTHING}&orderby=modified&order=asc&_fields=id&modified_after="
    before = datetime.fromisoformat(row["modified_gmt"] + "Z") - timedelta(seconds=1)
    assert world.ask(f"{path}{before:%Y-%m-%dT%H:%M:%SZ}").json() == [{"id": 41009}]
    assert world.ask(f"{path}{row['modified_gmt']}Z").json() == []
    # Without a zone it is the site's own time.
    assert world.ask(f"{path}{row['modified']}").json() == []


def test_help_embeds_author_picture_and_terms_and_only_what_is_asked_for(world):
    fields = "id,_links.author,_links.wp:featuredmedia,_links.wp:term,_embedded"
    path = f"{FORMS['help']}?include=41020&_embed=author,wp:featuredmedia,wp:term&_fields={fields}"
    row = world.ask(path).json()[0]
    assert set(row) == {"id", "_links", "_embedded"}
    author, picture = row["_embedded"]["author"][0], row["_embedded"]["wp:featuredmedia"][0]
    terms = [(term["taxonomy"], term["name"]) for group in row["_embedded"]["wp:term"] for term in group]
    assert (author["name"], terms) == (
        "Ruben Aalto", [("category", "Rooms &amp; suites"), ("post_tag", "dogs")],
    )  # fmt: skip
    sizes = picture["media_details"]["sizes"]
    for size in (sizes["thumbnail"], sizes["medium"], sizes["full"]):
        file = Image.open(io.BytesIO(requests.get(size["source_url"], timeout=10).content))
        assert file.size == (size["width"], size["height"])
    uncut = sizes["medium"]["source_url"].replace("300x188", "301x188")
    assert requests.get(uncut, timeout=10).status_code == 404
    assert picture["id"] in [row["id"] for row in world.ask("/help/wp-json/wp/v2/media").json()]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("search=chargers", [41008]),
        ("include=41007,41009,7&orderby=include", [41007, 41009]),
        ("categories=2&orderby=title&order=asc", [41011, 41008, 41007]),
        ("per_page=2&offset=1&orderby=id&order=asc", [41008, 41009]),
    ],
)
def test_help_filters_filter(world, query, ids):
    assert [row["id"] for row in world.ask(f"{FORMS['help']}?{query}").json()] == ids


def test_help_knows_its_terms_by_name(world):
    found = world.ask("/help/wp-json/wp/v2/categories?search=suites&_fields=id,name,slug").json()
    assert [(row["name"], row["slug"]) for row in found] == [("Rooms &amp; suites", "rooms-suites")]
    assert world.ask("/help/wp-json/wp/v2/recipes").json()["code"] == "rest_no_route"
    assert world.ask(f"{FORMS['help']}?per_page=500").json()["code"] == "rest_invalid_param"


def batch(world, *paths, headers=None):
    requests_ = [{"method": "GET", "path": path} for path in paths]
    answer = world.ask("/crm/v1/batch", method="POST", json={"requests": requests_}, headers=headers or {})
    return answer.json()


RECORDS = "/buckets/meridian/collections/guests/records"


def test_crm_answers_several_questions_in_one(world):
    parts = batch(
        world,
        f"{RECORDS}?eq_loyalty_id=%22ML-100234%22&_fields=tier&_limit=2",
        f"{RECORDS}?eq_points=11240&_fields=tier",
        f"{RECORDS}?eq_points=%2211240%22&_fields=tier",
        f"{RECORDS}/nobody",
        "/buckets/meridian/collections/none/records/x",
    )["responses"]
    assert [part["status"] for part in parts] == [200, 200, 200, 404, 404]
    found = [[row["tier"] for row in part["body"]["data"]] for part in parts[:3]]
    assert found == [["gold"], ["gold"], []], "a number is another than a text"
    assert set(parts[0]["body"]["data"][0]) == {"id", "last_modified", "tier"}
    assert [part["body"]["details"]["resource_name"] for part in parts[3:]] == ["record", "collection"]
    assert batch(world, *[RECORDS] * 26)["errno"] == 107
    wrong = batch(world, RECORDS, headers={"Authorization": "Basic aHViOndyb25n"})["responses"]
    assert [part["status"] for part in wrong] == [401]


def test_crm_says_when_nothing_changed(world):
    etag = world.ask(FORMS["crm"]).headers["ETag"]
    assert world.ask(FORMS["crm"], headers={"If-None-Match": etag}).status_code == 304
    guest = world.ask(FORMS["crm"]).json()["data"][0]["id"]
    own = world.ask(f"{FORMS['crm']}/{guest}").headers["ETag"]
    assert world.ask(f"{FORMS['crm']}/{guest}", headers={"If-None-Match": own}).status_code == 304
    world.order(system="crm", action="edit", id=guest, values={"points": 1})
    assert world.ask(f"{FORMS['crm']}/{guest}", headers={"If-None-Match": own}).status_code == 200


def test_crm_erases_a_guest(world):
    guest = world.ask(FORMS["crm"]).json()["data"][0]["id"]
    assert world.ask(f"{FORMS['crm']}/{guest}", method="DELETE").json()["data"]["deleted"] is True
    assert world.ask(f"{FORMS['crm']}/{guest}").status_code == 404


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
