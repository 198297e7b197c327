import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Lets a server close as soon as its last answer is out. Node's own `closeIdleConnections` looks once, and does not count a connection
 * that has not sent its first request, as browsers and keep-alive clients open ahead of time.
 * @returns what to call when the server stops.
 */
export function closeWhenIdle(server: Server): () => void {
  const running = new Map<Socket, number>();
  let closing = false;
  server.on("connection", (socket: Socket) => {
    running.set(socket, 0);
    socket.once("close", () => running.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    running.set(socket, (running.get(socket) ?? 0) + 1);
    response.once("close", () => {
      const left = (running.get(socket) ?? 1) - 1;
      if (running.has(socket)) running.set(socket, left);
      if (closing && left === 0) socket.destroySoon();
    });
  });
  // A WebSocket is a stream: it is told to end, and ends itself.
  server.on("upgrade", ({ socket }) => running.delete(socket));
  return () => {
    closing = true;
    for (const [socket, requests] of running) if (requests === 0) socket.destroy();
  };
}
