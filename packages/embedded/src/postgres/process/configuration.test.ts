import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { desiredServer } from "../../../test/support/postgres-plane.js";
import type { DesiredServer } from "../runtime.js";
import { type Configuration, quoteSetting, renderConfiguration } from "./configuration.js";
import { instanceAt } from "./instance.js";

const USER = { name: "runner", uid: 1000, gid: 1000, dropPrivileges: false };

function render(desired: DesiredServer): Configuration {
  return renderConfiguration(instanceAt("/srv/instances", "team-a/one"), "/srv/run", desired, USER, "root");
}

/** A reading of guc-file.l's quoted strings, apart from the writing of them. */
function unquote(text: string): string {
  const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
  return text
    .slice(1, -1)
    .replace(/\\(.)|''/gs, (found, escaped) => (found === "''" ? "'" : (escapes[escaped] ?? escaped)));
}

describe("postgresql.conf", () => {
  it("carries any value through quoting, on one line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const quoted = quoteSetting(value);
        expect(quoted).not.toMatch(/[\n\r]/);
        expect(quoted).toMatch(/^'([^'\\]|\\.|'')*'$/s);
        expect(unquote(quoted)).toBe(value);
      }),
    );
  });

  it.each(["include", "INCLUDE_DIR", "a b", "a=b", "x\ny", "", "1a", "#a"])(
    "takes no setting named %j",
    async (name) => {
      const desired = await desiredServer({ parameters: { [name]: "/etc/passwd" } });
      expect(() => render(desired)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
    },
  );

  it("has each setting once, whatever the case of the caller's", async () => {
    const { settings } = render(
      await desiredServer({ parameters: { Work_Mem: "1MB", SSL: "off", shared_buffers: "8MB" } }),
    );
    const names = settings.split("\n").flatMap((line) => /^([a-z_.]+) = /.exec(line)?.[1] ?? []);
    expect(new Set(names).size).toBe(names.length);
    expect(settings).toContain("\nwork_mem = '1MB'\n");
    expect(settings).toContain("\nshared_buffers = '8MB'\n");
    expect(settings).toContain("\nssl = 'on'\n");
  });
});

describe("pg_hba.conf", () => {
  it("opens the private socket to our own administration only, before the caller's lines", async () => {
    const { hba } = render(await desiredServer({ hba: ["local all all trust", "hostssl all all all scram-sha-256"] }));
    expect(hba.split("\n")).toEqual([
      "local all postgres peer map=tenantry",
      "local all all reject",
      "local all all trust",
      "hostssl all all all scram-sha-256",
      "",
    ]);
  });

  it.each(["include /etc/passwd", '"include_dir" /etc', "hostssl all all all trust \\", "a\nb", "a\rb"])(
    "takes no line %j",
    async (line) => {
      const desired = await desiredServer({ hba: ["hostssl all all all scram-sha-256", line] });
      expect(() => render(desired)).toThrow(
        expect.objectContaining({ violations: [expect.objectContaining({ field: "postgresql.pg_hba[1]" })] }),
      );
    },
  );
});

describe("the directory of a server", () => {
  it("is one file name an id, and differs when the ids do", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 15 }), fc.string({ minLength: 1, maxLength: 15 }), (a, b) => {
        const [one, other] = [instanceAt("/srv", a).home, instanceAt("/srv", b).home];
        expect(one).toMatch(/^\/srv\/[^/]+$/);
        expect(one).not.toMatch(/\/\.\.?$/);
        expect(one === other).toBe(a === b);
      }),
    );
  });

  it("is refused for an id that no file system could name", () => {
    expect(() => instanceAt("/srv", "")).toThrow(/id/);
    expect(() => instanceAt("/srv", "x".repeat(300))).toThrow(/id/);
  });
});
