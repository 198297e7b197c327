import { readFileSync } from "node:fs";
import { Command } from "commander";
import { parseCount } from "./count.js";
import { parseDuration } from "./duration.js";
import { DEV_HELP, PROGRAM_HELP, SERVE_HELP, TOKEN_HELP } from "./help.js";
import { parsePort } from "./port.js";

export interface DevFlags {
  readonly directory?: string;
  readonly port?: number;
  readonly json?: true;
  readonly warm: number;
}

export interface ServeFlags {
  readonly config: string;
}

export interface TokenFlags {
  readonly directory?: string;
  readonly namespace?: readonly string[];
  readonly account?: true;
  readonly role: string;
  readonly subject?: string;
  readonly ttl: number;
}

export interface CommonFlags {
  /** Asked for on the command line. */
  readonly verbose?: true;
}

/** What the commands do. */
export interface Commands {
  dev(flags: DevFlags & CommonFlags): Promise<void>;
  serve(flags: ServeFlags & CommonFlags): Promise<void>;
  token(flags: TokenFlags & CommonFlags): Promise<void>;
}

const DEFAULT_ROLE = "namespace-admin";
const DEFAULT_WARM = 1;
const DEFAULT_TTL = "12h";

/** The command line. Wrong use is thrown as a `CommanderError` after its line is written. */
export function createProgram(commands: Commands): Command {
  const program = new Command("tenantry")
    .description("PostgreSQL for many tenants: a GraphQL gateway, and a control plane for one machine to run it on.")
    .version(readVersion(), "--version", "print the version")
    .helpOption("-h, --help", "show this help, or that of a command")
    .helpCommand(false)
    .showHelpAfterError("(add --help for options and examples)")
    .exitOverride()
    .addHelpText("after", PROGRAM_HELP);
  const command = (name: string, description: string, help: string): Command =>
    program
      .command(name)
      .description(description)
      .option("--verbose", "log more, and show the stack of an error")
      .addHelpText("after", help);

  command("dev", "run everything on this machine: control plane, real PostgreSQL, GraphQL gateway", DEV_HELP)
    .option("--directory <dir>", "where all data is kept; the same directory resumes (default: a place of this user)")
    .option(
      "--port <port>",
      "port of the gateway (default: that of the last time, or 4000, or any free one)",
      parsePort,
    )
    .option("--json", "print one line of JSON on stdout once ready, and everything else on stderr")
    .option(
      "--warm <count>",
      "data directories to prepare ahead of the clusters that will need them",
      parseCount,
      DEFAULT_WARM,
    )
    .action((flags: DevFlags & CommonFlags) => commands.dev(flags));

  command("serve", "serve the GraphQL gateway over a Kubernetes cluster", SERVE_HELP)
    .requiredOption("--config <file>", "configuration file, YAML or JSON")
    .action((flags: ServeFlags & CommonFlags) => commands.serve(flags));

  command("token", "print a token for the gateway of `tenantry dev`, whether it runs or not", TOKEN_HELP)
    .option("--directory <dir>", "the directory of `tenantry dev` (default: the same as there)")
    .option("--namespace <name...>", "namespace in which the token holds the role")
    .option("--account", "let it hold the role in every namespace")
    .option("--role <name>", "the role it holds", DEFAULT_ROLE)
    .option("--subject <name>", "whom it speaks for (default: made from role and namespace)")
    .option("--ttl <duration>", `how long it is valid: 90s, 15m, 12h or 7d (default: ${DEFAULT_TTL})`, parseDuration)
    .action((flags: Omit<TokenFlags, "ttl"> & Partial<TokenFlags> & CommonFlags) =>
      commands.token({ ...flags, ttl: flags.ttl ?? parseDuration(DEFAULT_TTL) }),
    );
  return program;
}

function readVersion(): string {
  // The same path from src/bin and from dist/bin.
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return manifest.version;
}
