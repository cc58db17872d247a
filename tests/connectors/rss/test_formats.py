"""What feeds say, format by format: each becomes the same record."""

import pytest

from connectors.rss.elements import UnreadableError, parse
from connectors.rss.feeds import read_feed

RSS = '<rss version="2.0" {spaces}><channel><title>T</title><language>de</language>{items}</channel></rss>'
SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    ' xmlns:x="urn:x"'
)
XHTML = "http://www.w3.org/1999/xhtml"
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">{}</feed>'


def records(text, **options):
    return read_feed(parse(text.encode(), **options)).records


def item(inner):
    return records(RSS.format(spaces=SPACES, items=f"<item>{inner}</item>"))[0]


def entry(inner, **options):
    return records(ATOM.format(f"<entry><id>urn:1</id>{inner}</entry>"), **options)[0]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<guid>tag:1</guid><link>https://x.example/1</link>", "tag:1"),
        ("<link>https://x.example/1</link>", "https://x.example/1"),
        ("<title>No id</title>", ""),
    ],
)
def test_the_id_of_an_item(inner, expected):
    assert item(inner)["id"] == expected


def test_a_guid_that_is_an_address_is_the_link_if_there_is_no_other():
    assert item("<guid>https://x.example/1</guid>")["link"] == "https://x.example/1"
    assert item('<guid isPermaLink="false">https://x.example/1</guid>')["link"] == ""
    assert item("<guid>not-an-address</guid>")["link"] == ""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Sat, 21 Nov 2026 10:00:00 +0000", "2026-11-21T10:00:00Z"),
        ("Sat, 21 Nov 2026 10:00:00 GMT", "2026-11-21T10:00:00Z"),
        ("Sat, 21 Nov 2026 10:00:00 +0100", "2026-11-21T09:00:00Z"),
        ("21 Nov 2026 10:00 EST", "2026-11-21T15:00:00Z"),
        ("2026-11-21T10:00:00+01:00", "2026-11-21T09:00:00Z"),
        ("2026-11-21", "2026-11-21"),
        ("yesterday", ""),
        ("Sat, 99 Nov 2026 10:00:00 GMT", ""),
        ("0001-01-01T00:00:00+01:00", ""),
        ("", ""),
    ],
)
def test_times(written, meant):
    assert item(f"<pubDate>{written}</pubDate>")["published"] == meant


@pytest.mark.parametrize(
    ("inner", "names"),
    [
        ("<dc:creator>Ada</dc:creator><dc:creator>Bo</dc:creator>", ["Ada", "Bo"]),
        ("<author>ada@x.example (Ada Keeper)</author>", ["Ada Keeper"]),
        ("<author>ada@x.example</author>", []),
        ("<author>Ada Keeper</author>", ["Ada Keeper"]),
    ],
)
def test_authors_are_names_and_never_mail_addresses(inner, names):
    assert [author["name"] for author in item(inner)["authors"]] == names


@pytest.mark.parametrize(
    ("inner", "pictures"),
    [
        (
            '<enclosure url="https://x.example/a.jpg" type="image/jpeg" length="9"/>',
            ["https://x.example/a.jpg"],
        ),
        ('<enclosure url="https://x.example/a.mp3" type="audio/mpeg"/>', []),
        ('<media:content url="https://x.example/a.jpg" medium="image"/>', ["https://x.example/a.jpg"]),
        (
            '<media:group><media:thumbnail url="https://x.example/s.jpg"/></media:group>',
            ["https://x.example/s.jpg"],
        ),
        ('<itunes:image href="https://x.example/cover.png"/>', ["https://x.example/cover.png"]),
    ],
)
def test_pictures(inner, pictures):
    assert item(inner)["images"] == pictures


def test_what_is_not_known_is_kept_by_its_name():
    assert item("<x:duration>12</x:duration>")["more"] == {"x_duration": "12"}


def test_titles_have_no_tags_and_content_keeps_them():
    one = item("<title>A &lt;b>bold&lt;/b> one</title><content:encoded>&lt;p>x&lt;/p></content:encoded>")
    assert (one["title"], one["content"]) == ("A bold one", "<p>x</p>")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("&lt;p>A &amp;amp; B&lt;/p>", "<p>A &amp; B</p>"),
        ("A &amp;#8230; B &amp;amp; C", "A … B & C"),
        ("use &amp;lt;br&amp;gt; there", "use &lt;br&gt; there"),
    ],
)
def test_a_description_is_html_and_one_without_tags_is_text(written, meant):
    assert item(f"<description>{written}</description>")["summary"] == meant


@pytest.mark.parametrize(
    ("content", "meant"),
    [
        ("<content>a &lt; b &amp; c</content>", "a < b & c"),
        ("<content>use &lt;br> there</content>", "use &lt;br&gt; there"),
        ('<content type="html">&lt;p>x&lt;/p></content>', "<p>x</p>"),
        (
            f'<content type="xhtml"><div xmlns="{XHTML}">a &lt; <b class="k">b</b><br/></div></content>',
            'a &lt; <b class="k">b</b><br>',
        ),
        ('<content type="image/png">iVBORw0KGgo=</content>', ""),
        ('<content type="video/mp4" src="https://x.example/a.mp4"/>', ""),
    ],
)
def test_content_of_atom(content, meant):
    assert entry(content)["content"] == meant


def test_a_title_of_atom_is_text_whatever_its_type():
    assert entry('<title type="html">Q&amp;amp;A &lt;b>now&lt;/b></title>')["title"] == "Q&A now"
    assert entry("<title>Q&amp;A</title>")["title"] == "Q&A"


def test_addresses_are_completed_by_what_is_around_them():
    assert (
        entry('<link href="1"/>', address="https://x.example/news/feed")["link"] == "https://x.example/news/1"
    )
    based = ATOM.format('<entry xml:base="https://y.example/"><id>urn:1</id><link href="1"/></entry>')
    assert records(based, address="https://x.example/feed")[0]["link"] == "https://y.example/1"


def test_an_entry_without_an_author_has_that_of_its_source_or_of_the_feed():
    text = "<author><name>Feed</name></author><entry><id>1</id>{}</entry>"
    own = "<author><name>Own</name></author>"
    source = "<source><author><name>Source</name></author></source>"
    named = [records(ATOM.format(text.format(inner)))[0]["authors"] for inner in ("", own)]
    assert [[author["name"] for author in authors] for authors in named] == [["Feed"], ["Own"]]
    first = records(ATOM.format(text.format(source)))[0]["authors"]
    assert [author["name"] for author in first] == ["Source"]


def test_the_language_is_that_of_the_entry_else_of_the_feed():
    assert item("<dc:language>fr</dc:language>")["lang"] == "fr"
    assert item("")["lang"] == "de"
    assert entry('<title xml:lang="it">Ciao</title>')["lang"] == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel/></rss>', "document type"),
        ('<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss><channel/></rss>', "document type"),
        ("<!doctype html><title>Sign in</title>", "line 1"),
        ("<rss><channel>&nbsp;</channel></rss>", "line 1"),
        ("<rss>\n<channel>\n</rss>", "line 3"),
        ("<a>" * 101 + "</a>" * 101, "nested"),
        ("<rss>" + "<a/>" * 100_001 + "</rss>", "elements"),
        ('<?xml version="1.0" encoding="no-such"?><rss/>', "character set"),
        ("<opml><body/></opml>", "neither"),
        ("<rss/>", "neither"),
        ("", "line 1"),
        ("{}", "line 1"),
    ],
)
def test_what_is_no_feed_is_refused_in_words(text, says):
    with pytest.raises(UnreadableError, match=says):
        read_feed(parse(text.encode()))


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        ("windows-1252", ""),
        ("utf-16", ""),
        ("iso-8859-1", ""),
        ("utf-8-sig", "UTF-8"),
        ("windows-1252", "windows-1252"),
    ],
)
def test_character_sets(encoding, charset):
    declared = "UTF-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{declared}"?>' + RSS.format(
        spaces="", items="<item><guid>1</guid><title>Café ö</title></item>"
    )
    assert read_feed(parse(text.encode(encoding), charset=charset)).records[0]["title"] == "Café ö"


def test_what_the_server_says_of_the_character_set_outweighs_the_document():
    text = '<?xml version="1.0" encoding="UTF-8"?>' + RSS.format(
        spaces="", items="<item><guid>1</guid><title>Café</title></item>"
    )
    assert read_feed(parse(text.encode("latin-1"), charset="ISO-8859-1")).records[0]["title"] == "Café"


@pytest.mark.parametrize(
    "items",
    [
        # Each of these took a minute while its time grew by the square of its length.
        "<item><guid>1</guid></item>" * 45_000,
        "<item><guid>1</guid><title>" + "&lt;a" * 300_000 + "</title></item>",
    ],
    ids=["entries", "tags"],
)
def test_a_large_feed_is_read_whole(items):
    assert len(records(RSS.format(spaces=SPACES, items=items))) == items.count("<item>")
