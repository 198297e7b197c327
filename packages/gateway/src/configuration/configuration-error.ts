/** One setting that is wrong: where it stands and what would be accepted. */
export interface SettingProblem {
  /** Path in the file: `auth.issuers[0].audience`. Empty for the file itself. */
  readonly setting: string;
  readonly message: string;
  /** From 1. */
  readonly line?: number | undefined;
}

/** The configuration file cannot be used. Lists everything that is wrong with it, because mending one at a time is tiresome. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly file: string;
  readonly problems: readonly SettingProblem[];

  constructor(file: string, problems: readonly SettingProblem[]) {
    const lines = problems.map(({ setting, message, line }) => {
      const place = line === undefined ? file : `${file}:${line}`;
      return setting === "" ? `${place}: ${message}` : `${place}: ${setting}: ${message}`;
    });
    super(lines.join("\n"));
    this.file = file;
    this.problems = problems;
  }
}
