"""JSONTestSuite (Nicolas Seriot, "Parsing JSON is a minefield") as bodies of requests.

Its files are named for what a reader does with them: y_ takes them, n_ refuses them, and i_ is up to
the reader, which is decided here.
"""

import json

import pytest

from kit.api import assert_problem

# Of what is up to us, this we take: numbers that a double can't hold, whose text we keep, and a byte
# order mark at the beginning. All else of it is no UTF-8, has half a surrogate pair, or an exponent
# that no number needs, and is refused.
TAKEN = {
    "i_number_double_huge_neg_exp.json", "i_number_neg_int_huge_exp.json",
    "i_number_pos_double_huge_exp.json", "i_number_real_neg_overflow.json",
    "i_number_real_pos_overflow.json", "i_number_real_underflow.json",
    "i_number_too_big_neg_int.json", "i_number_too_big_pos_int.json",
    "i_number_very_big_negative_int.json", "i_structure_UTF-8_BOM_empty_object.json",
}

# RFC 8259 leaves it to the reader what a key means that stands twice. To us it means nothing.
REFUSED = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}

pytestmark = pytest.mark.only("sqlite")


def body_of(text):
    """The file's bytes: the package has U+FFFD where it has what is no UTF-8."""
    return b"\xe9".join(part.encode() for part in text.split("\ufffd"))


def is_ours_to_take(name):
    return name in TAKEN or (name[0] == "y" and name not in REFUSED)


def test_every_file_is_accepted_or_refused_as_its_name_says(api, tools):
    files = tools.json_texts()
    assert len(files) >= 318
    assert TAKEN | REFUSED <= {name for name, _ in files}

    wrong = []
    for name, text in files:
        answer = api.send_json("POST", "/bots", body_of(text))
        problem = assert_problem(answer, 400)
        is_taken = problem["type"] != "/problems/malformed-json"
        if is_taken != is_ours_to_take(name):
            wrong.append((name, text[:60], problem["detail"]))

    assert wrong == []


def test_every_accepted_object_comes_back_as_metadata(api, talk, tools):
    texts = [text.strip().removeprefix("\ufeff") for name, text in tools.json_texts() if is_ours_to_take(name)]
    assert len(texts) >= 100

    for text in texts:
        metadata = text if text.startswith("{") else f'{{"a":{text}}}'
        head = json.dumps(talk.message())[:-1]
        answer = api.send_json("POST", "/messages", f'{head},"metadata":{metadata}}}')
        assert answer.status_code == 201, (text, answer.text)
        assert api.get(answer.headers["location"]).text.endswith(f'"metadata":{metadata}}}')
