"""A server that lets in only who has a key."""

from kit.api import Api
from kit.server import run
from kit.wait import eventually


class Keys:
    """A server with one administrator, and what one needs to make more keys."""

    def __init__(self, server):
        self.server = server
        self.clients = []
        made = run("keys", "create", "--database", server.database, "--name", "root",
                   "--scope", "admin")
        assert made.returncode == 0, made.stderr
        self.root = self.client(made.stdout.strip())
        eventually(lambda: self.root.get("/keys").status_code == 200, "the key counts")
        eventually(lambda: self.client().get("/bots").status_code == 401, "a key is needed")

    def client(self, token=None, server=None):
        client = Api(server or self.server)
        if token:
            client.headers["Authorization"] = f"Bearer {token}"
        self.clients.append(client)
        return client

    def make(self, *scopes, **more):
        answer = self.root.post("/keys", json={"name": "a key", "scopes": scopes, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def holder(self, *scopes, **more):
        return self.client(self.make(*scopes, **more)["token"])

    def seated(self, issuer, conversation, user, **more):
        """A client with a token for a conversation, issued by `issuer`."""
        return self.client(token_of(issuer, conversation, user, **more)["token"])

    def close(self):
        for client in self.clients:
            client.close()


def token_of(issuer, conversation, user, **more):
    answer = issuer.post(
        "/tokens", json={"conversationId": conversation, "clientId": user, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()
