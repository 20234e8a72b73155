/** Connections for tests of the protocol: a server in this process, reached through lines as another process is. */
import type { SamplerServer } from "../../src/laws/protocol/server.ts";
import type { RestartableConnection } from "../../src/laws/verify.ts";

/** Lines to a server and back. */
export const local = (server: SamplerServer): RestartableConnection => ({
  gone: false,
  restart: async () => {},
  ask: (line) => server.answer(line),
});
