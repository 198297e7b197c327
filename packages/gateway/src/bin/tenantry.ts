#!/usr/bin/env node
import { createProgram } from "./program.js";
import { reportFailure } from "./report-failure.js";
import { isVerbose } from "./verbose.js";

const verbose = isVerbose(process.argv, process.env);

// A command's module is loaded when it is called, so that `--help` and `token` answer at once.
const program = createProgram({
  async dev(flags) {
    const { runDevelopment } = await import("./dev/run-development.js");
    await runDevelopment(flags, { verbose });
  },
  async serve(flags) {
    const { runServer } = await import("./serve/run-server.js");
    await runServer(flags, { verbose });
  },
  async token(flags) {
    const { mintToken } = await import("./mint-token.js");
    process.stdout.write(`${await mintToken(flags)}\n`);
  },
});

function fail(error: unknown): void {
  const { exitCode, text } = reportFailure(error, { verbose });
  process.stderr.write(text);
  process.exitCode = exitCode;
}

// What nobody caught has left things in a state that nobody knows. Servers that still run are adopted by the next start.
process.once("uncaughtException", (error) => {
  fail(error);
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
