"""From bytes to rows: character set, delimiter, lines, and what is broken."""

import pytest

from connectors.csv.characters import decode
from connectors.csv.delimiters import find_delimiter
from connectors.csv.tables import below, read_table
from connectors.csv.unreadable import UnreadableError


def table(text, **options):
    return read_table(text, **{"delimiter": ",", "header_line": 1, "id_column": "id", **options})


def broken(text, **options):
    return [(one.line, one.why) for one in table(text, **options).broken]


@pytest.mark.parametrize(
    ("body", "options", "text"),
    [
        ("Café".encode(), {}, "Café"),
        ("Café".encode("utf-8-sig"), {}, "Café"),
        ("Café".encode("utf-16"), {}, "Café"),
        ("Café €".encode("cp1252"), {}, "Café €"),
        ("Café €".encode("iso-8859-15"), {"chosen": "iso-8859-15"}, "Café €"),
        ("Žluťoučký".encode("cp1250"), {"chosen": "windows-1250"}, "Žluťoučký"),
        ("Café".encode("cp1252"), {"announced": "ISO-8859-1"}, "Café"),
        # What a person chose counts before what a server of files says of all of them.
        ("Café".encode("cp1252"), {"announced": "utf-8", "chosen": "windows-1252"}, "Café"),
        ("Café".encode(), {"announced": "x-unknown"}, "Café"),
    ],
)
def test_the_character_set_is_found(body, options, text):
    assert decode(body, **options) == text


@pytest.mark.parametrize(
    ("body", "options", "says"),
    [
        ("Café".encode("cp1252"), {"announced": "utf-8"}, "than is said"),
        ("Café".encode("utf-16"), {"announced": "utf-8"}, "than is said"),
        (b"\x81\x8d\x8f", {}, "not found"),
        (b"PK\x03\x04\x00\x00", {}, "another kind of file"),
    ],
)
def test_a_file_in_another_character_set_is_refused(body, options, says):
    with pytest.raises(UnreadableError, match=says):
        decode(body, **options)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1;2\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("id;price\n1;12,50\n2;9,00\n", ";"),
        ("id,title\n1,one; two; three\n2,four\n", ","),
        ('id;title\n1;"a, b, c"\n2;"d, e"\n', ";"),
        ('id,"a;b;c"\n1,x\n2,y\n', ","),
        ("id,title\n1,x\n2\n3,y\n", ","),
        ("alone\n1\n2\n", ","),
        ("", ","),
        # Longer than what is looked at: its last line there is cut.
        ("id;text\n" + "".join(f"{n};{'x' * 900}\n" for n in range(90)), ";"),
    ],
)
def test_the_delimiter_is_found(text, delimiter):
    assert find_delimiter(text) == delimiter


def test_rows_have_the_line_in_which_they_begin():
    found = table('id,text\r\n1,"two\r\nlines"\r\n\r\n2,x\r\n')
    assert {one: row.line for one, row in found.rows.items()} == {"1": 2, "2": 5}
    assert found.rows["1"].cells == {"id": "1", "text": "two\r\nlines"}


def test_lines_above_the_names_are_passed_over_and_counted():
    text = 'Stock of "today\nas of noon\nid,title\n1,x\n2\n'
    found = table(below(text, 3), header_line=3)
    assert [row.line for row in found.rows.values()] == [4]
    assert [one.line for one in found.broken] == [5]


def test_a_table_without_names_has_numbered_columns():
    assert table("1,x\n", header_line=0, id_column="column_1").rows["1"].cells == {
        "column_1": "1",
        "column_2": "x",
    }


def test_columns_without_a_name_of_their_own_are_numbered():
    assert table("id,,title,title\n1,a,b,c\n").columns == ["id", "column_2", "title", "column_4"]


def test_broken_lines_are_named_and_the_rest_stays():
    text = 'id,title\n1,x\n2\n3,a,b\n4,"a"b\n,y\n1,again\n5,"z"\n6,w,,\n'
    assert broken(text) == [
        (3, "1 columns in place of 2"),
        (4, "3 columns in place of 2"),
        (5, "a quotation mark stands where none can be"),
        (6, "nothing in “id”"),
        (7, "the same “id” as line 2"),
    ]
    assert list(table(text).rows) == ["1", "5", "6"]
    assert table(text).rows["1"].cells["title"] == "x"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("title,price\nx,1\n", "no column “id”"),
        ('id,title\n1,x\n2,"open\n3,y\n', "line 3 is never closed"),
        ("id,title\n1,x\n2", "middle of line 3"),
        ("id,title\n1\n2\n", "nor is any other"),
        ("<!DOCTYPE html>\n<p>id,title</p>\n", "page"),
        ('{"id": 1}', "no column"),
    ],
)
def test_what_is_no_table_is_refused_in_words(text, says):
    with pytest.raises(UnreadableError, match=says):
        table(text)


@pytest.mark.parametrize(
    ("text", "is_absent"),
    [
        ("id,title\n1,x\n", True),
        ("id,title\n1,x", False),  # The last line has no end: there may have been more.
        ("id,title\n", False),  # Empty: an export that failed looks like this.
        ("id,title\n1,x\n7\n", False),  # It may be the broken one.
        ("id,title\n1,x\n8\n", True),
        ("id,title\n1,x\n7,y\n", False),
    ],
)
def test_an_id_is_absent_only_if_that_is_sure(text, is_absent):
    assert table(text).is_absent("7") is is_absent


def test_an_id_with_a_quotation_mark_is_found_on_a_broken_line():
    assert not table('id,title\n1,x\n"7""",y,z\n').is_absent('7"')
