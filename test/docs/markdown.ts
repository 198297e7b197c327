import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const exec = promisify(execFile);

export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

export interface Page {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** The file that the block is cut from, where an HTML comment `<!-- cut from PATH -->` before it says so. */
  readonly cutFrom: string | undefined;
}

/** Every page that is committed or about to be. */
export async function readPages(): Promise<readonly Page[]> {
  const { stdout } = await exec("git", ["ls-files", "-co", "--exclude-standard", "*.md"], { cwd: REPOSITORY });
  const paths = stdout.split("\n").filter((path) => path !== "");
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(REPOSITORY, path), "utf8") })));
}

export function codeBlocks({ text }: Page): readonly CodeBlock[] {
  const blocks = text.matchAll(/(?:<!-- cut from (?<cutFrom>\S+) -->\n+)?```(?<language>\w+)\n(?<code>.*?)^```$/gms);
  return [...blocks].map(({ groups = {} }) => ({
    language: groups.language ?? "",
    code: groups.code ?? "",
    cutFrom: groups.cutFrom,
  }));
}

/** Targets of links to files of the repository, without anchors. */
export function fileLinks({ text }: Page): readonly string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, "");
  return [...prose.matchAll(/\]\((?<target>[^)\s]+)\)/g)]
    .map(({ groups = {} }) => (groups.target ?? "").replace(/#.*$/, ""))
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target));
}
