"""A part of the end-to-end tests again, through Prism: document and server say the same."""

import pytest
from test_bots_change import *  # noqa: F403
from test_bots_create import *  # noqa: F403
from test_bots_read import *  # noqa: F403
from test_conversations import *  # noqa: F403
from test_lists import *  # noqa: F403
from test_messages_create import *  # noqa: F403

from prism import Prism
from kit.api import Api

# Prism reads JSON and writes it anew, so what is none never arrives.
del test_a_body_that_is_not_an_object_is_refused  # noqa: F821

pytestmark = pytest.mark.only("sqlite")


@pytest.fixture(scope="module")
def prism(server, tools, tmp_path_factory):
    made = Prism(tools, server, tmp_path_factory.mktemp("prism") / "log")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def api(prism):
    with Api(prism) as client:
        client.event_hooks["response"].append(prism.look_at)
        yield client


@pytest.fixture(autouse=True)
def no_violations(prism):
    yield
    assert prism.violations == []
    prism.violations.clear()


def test_z_prism_saw_the_requests(prism):
    assert prism.compared > 100
