import { WebSocket } from "ws";

export interface RawSocketOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly origin?: string;
}

interface Message {
  readonly type: string;
}

/** A WebSocket without a GraphQL client, to say what none would. */
export async function connectRawSocket(url: string, options: RawSocketOptions = {}) {
  const socket = new WebSocket(url.replace("http:", "ws:"), "graphql-transport-ws", options);
  const heard: Message[] = [];
  const waiting = new Set<() => void>();
  socket.on("message", (data) => {
    heard.push(JSON.parse(String(data)));
    for (const wake of waiting) wake();
  });
  const closed = new Promise<[number, string]>((resolve) => {
    socket.once("close", (code, reason) => resolve([code, String(reason)]));
  });
  await new Promise<void>((resolve, reject) => socket.once("open", resolve).once("error", reject));
  socket.on("error", () => {});
  return {
    heard,
    closed,
    say: (message: object) => socket.send(JSON.stringify(message)),
    close: () => socket.close(),
    /** The first message of a type, once there is one. */
    hear: (type: string) =>
      new Promise<Message>((resolve) => {
        const look = () => {
          const found = heard.find((message) => message.type === type);
          if (found !== undefined) resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** One that has said who it is. */
export async function openRawSocket(url: string, token: string) {
  const socket = await connectRawSocket(url);
  socket.say({ type: "connection_init", payload: { authorization: `Bearer ${token}` } });
  await socket.hear("connection_ack");
  return socket;
}
