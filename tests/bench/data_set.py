"""The data that fills the databases before a measurement.

Ids are made from numbers, here and in the load generators alike, so that nobody has to hand lists
of them around.
"""

import json
import os
from dataclasses import dataclass

TEXT = "Olá! Como posso te ajudar com o pedido número {} de hoje? Obrigado."


def made_id(kind, number):
    return f"{kind:08x}-0000-4000-8000-{number:012x}"


def bot_id(number):
    return made_id(0, number)


def client_id(conversation):
    return made_id(3, conversation)


def conversation_id(number):
    return made_id(number * 2654435761 % 2**32, number)


@dataclass(frozen=True)
class DataSet:
    bots: int
    conversations: int
    messages: int

    @property
    def per_conversation(self):
        return self.messages // self.conversations

    def environment(self):
        """The values that load.lua needs."""
        return os.environ | {
            "BOTS": str(self.bots),
            "CONVERSATIONS": str(self.conversations),
            "PER_CONVERSATION": str(self.per_conversation),
        }

    def write_messages(self, path, count=None, in_one=False, first=0):
        """Writes messages as NDJSON, spread over the conversations or all in the first."""
        with open(path, "w", encoding="utf-8") as lines:
            for number in range(first, first + (self.messages if count is None else count)):
                lines.write(self.message(number, 0 if in_one else number % self.conversations))
                lines.write("\n")

    def message(self, number, conversation):
        ends = [bot_id(conversation % self.bots), client_id(conversation)]
        sender, receiver = ends if number % 2 else reversed(ends)
        second = number // self.conversations
        return json.dumps(
            {
                "conversationId": conversation_id(conversation),
                "timestamp": f"2026-11-16T{second // 3600 % 24:02}:{second // 60 % 60:02}:"
                             f"{second % 60:02}.{number % 10**7:07}Z",
                "from": sender,
                "to": receiver,
                "text": TEXT.format(number),
            },
            ensure_ascii=False, separators=(",", ":"))
