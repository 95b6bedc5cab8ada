// What a client does with a socket, with nothing but the interface that browsers have.

/** Follows a conversation, sends to it, and tells what came of it. */
async function visit(WebSocket, api, { conversation, bot, client }) {
  const socket = new WebSocket(`${api.replace("http", "ws")}/stream`, "botapi.v1");
  const waiting = new Map();
  const texts = [];
  let heard = () => {};
  socket.onmessage = ({ data }) => {
    const said = JSON.parse(data);
    if (said.type === "message") {
      texts.push(said.message.text);
      heard();
    } else {
      waiting.get(said.id)(said);
    }
  };
  await new Promise((open, fail) => {
    socket.onopen = open;
    socket.onerror = () => fail(new Error("it can't be opened"));
  });

  let count = 0;
  const ask = (type, members) => new Promise((answer) => {
    const id = members.id || `r${count += 1}`;
    waiting.set(id, answer);
    socket.send(JSON.stringify({ type, ...members, id }));
  });
  const until = (enough) => new Promise((done) => {
    heard = () => texts.length >= enough && done();
    heard();
  });

  const begun = await ask("subscribe", { conversationId: conversation, after: "start" });
  await until(1);
  const message = { conversationId: conversation, from: client, to: bot, text: "by socket" };
  const key = `key-${conversation}`;
  const sent = [await ask("send", { message, idempotencyKey: key }),
    await ask("send", { message, idempotencyKey: key })];
  await fetch(`${api}/messages`, { method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...message, text: "by post" }) });
  await until(3);
  await ask("send", { message: { ...message, text: "z".repeat(20000) } });
  await until(4);
  const refused = await ask("send", { message: { ...message, from: conversation, to: client } });
  const { id: pong } = await ask("ping", { id: "p" });
  const told = { protocol: socket.protocol, begun: begun.type, texts, pong,
    replayed: sent.map((one) => one.replayed), error: refused.problem.type };
  await new Promise((closed) => {
    socket.onclose = closed;
    socket.close(1000);
  });
  return told;
}
