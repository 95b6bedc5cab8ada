"""The pages for people, in a real browser."""

from kit.browser import Visitor

WRITTEN_BY_SCRIPT = 'id="state"'  # The notice that the script of /docs replaces.


def test_the_docs_look_the_same_on_the_second_visit(server):
    with Visitor() as visitor:
        first = visitor.visit(f"{server.url}/docs")
        since = server.log_size()
        second = visitor.visit(f"{server.url}/docs")

    answers = {event["path"]: event["status"] for event in server.events(since)
               if event.get("event") == "answered"}
    assert answers["/docs"] == 304, "the browser has the page already"
    assert WRITTEN_BY_SCRIPT not in first
    assert second == first
