import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isAlias, isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { CONFIGURATION, type Configuration } from "./configuration.js";
import { ConfigurationError, type SettingProblem } from "./configuration-error.js";

/**
 * Reads the file (YAML, of which JSON is a part). Paths in it are relative to its own directory.
 * @throws ConfigurationError listing every wrong setting with its line.
 */
export async function readConfiguration(file: string): Promise<Configuration> {
  const source = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new ConfigurationError(file, [{ setting: "", message: READ_PROBLEMS[error.code ?? ""] ?? "cannot be read" }]);
  });
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number) => lines.linePos(offset).line;
  if (document.errors.length > 0) {
    throw new ConfigurationError(
      file,
      document.errors.map(({ message, pos }) => ({
        setting: "",
        message: `is not YAML: ${message}`,
        line: lineOf(pos[0]),
      })),
    );
  }
  const result = CONFIGURATION.safeParse(document.toJS(), { error: explainMissing });
  if (result.success) return resolvePaths(result.data, dirname(resolve(file)));

  /** Where the setting stands, or the nearest thing around it that is written down. */
  const lineOfPath = (path: readonly PropertyKey[]): number | undefined => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && !isAlias(node) && node.range) return lineOf(node.range[0]);
    }
    return undefined;
  };
  throw new ConfigurationError(
    file,
    result.error.issues.flatMap((issue) => toProblems(issue, lineOfPath)),
  );
}

const READ_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "this user may not read it",
  EISDIR: "is a directory; name the file inside it",
};

/** zod calls an absent setting a wrong type; people look for the word "missing". */
function explainMissing(issue: { readonly input?: unknown }): string | undefined {
  return issue.input === undefined ? "is missing" : undefined;
}

function toProblems(
  issue: z.core.$ZodIssue,
  lineOfPath: (path: readonly PropertyKey[]) => number | undefined,
): SettingProblem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return { setting: formatPath(path), message: "there is no such setting", line: lineOfPath(path) };
    });
  }
  return [{ setting: formatPath(issue.path), message: issue.message, line: lineOfPath(issue.path) }];
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}${text === "" ? "" : "."}${String(part)}`),
    "",
  );
}

function resolvePaths(configuration: Configuration, directory: string): Configuration {
  const { kubernetes, auth } = configuration;
  const issuers = auth.issuers.map((issuer) =>
    "file" in issuer.jwks ? { ...issuer, jwks: { file: resolve(directory, issuer.jwks.file) } } : issuer,
  );
  const kubeconfig =
    kubernetes?.kubeconfig === undefined ? {} : { kubeconfig: resolve(directory, kubernetes.kubeconfig) };
  return { ...configuration, kubernetes: { ...kubernetes, ...kubeconfig }, auth: { ...auth, issuers } };
}
