import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callersHbaLine, toHba, validateHba } from "./host-based-authentication.js";

describe("lines of pg_hba.conf", () => {
  it.each([
    "hostssl all all all scram-sha-256",
    "host all all 10.0.0.0/8 md5",
    "host all all 10.0.0.0 255.0.0.0 md5",
    "host all all ::1/128 scram-sha-256",
    'hostssl "my db" "my role" samenet cert clientcert=verify-full',
    "hostnossl all all all reject",
    "hostssl sameuser +admins all reject # nobody",
    "# only a comment",
    "",
  ])("are taken: %s", (line) => {
    expect(validateHba([line])).toEqual([]);
  });

  it.each([
    ["hostnossl all all all md5", "plaintext"],
    ["hostnossl all all 10.0.0.0 255.0.0.0 trust", "plaintext"],
    ["local all all trust", "no other way in"],
    ["hostgssenc all all all gss", "no other way in"],
    ["hostnogssenc all all all scram-sha-256", "no other way in"],
    ["HOST all all all md5", "no other way in"],
    ["include other.conf", "no other way in"],
    ['"include" other.conf', "no other way in"],
    ["hostssl all @roles all md5", "from a file"],
    ["hostssl app,@dbs all all md5", "from a file"],
    ["hostssl all all all ldap ldapserver=x", "has the method ldap"],
    ["hostssl all all", "must read"],
    ["hostssl all all 10.0.0.0 255.0.0.0", "must read"],
    ['hostssl "all all all md5', "quote"],
    ["hostssl all all all md5 \\", "backslash"],
    ["hostssl all all all md5\nhostnossl all all all trust", "one line"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the operator's own syntax.
    ["host all all ${podselector:app} md5", "pods"],
  ])("are refused: %j", (line, why) => {
    const [cause, ...more] = validateHba(["hostssl all all all md5", line]);
    expect(more).toEqual([]);
    expect(cause?.field).toBe("spec.postgresql.pg_hba[1]");
    expect(cause?.message).toContain(why);
  });

  it("never let plaintext in, whatever lines validation has taken", () => {
    const type = fc.constantFrom("host", "hostssl", "hostnossl", "hostgssenc", "local", " host", "#host", '"host"');
    const name = fc.constantFrom("all", "app", '"a b"', "@file", '"all', "#", "\\");
    const address = fc.constantFrom("all", "10.0.0.0/8", "10.0.0.0 255.0.0.0", "::1/128", "samehost");
    const method = fc.constantFrom("trust", "reject", "md5", "scram-sha-256 # note", "ldap", "trust\\", "");
    const blank = fc.constantFrom(" ", "\t", "  ");
    const line = fc
      .tuple(type, blank, name, blank, name, address, method)
      .map(
        ([kind, first, database, second, user, from, how]) =>
          `${kind}${first}${database}${second}${user} ${from} ${how}`,
      );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 2 }), (lines) => {
        if (validateHba(lines).length > 0) return;
        const hba = toHba(lines);
        expect(hba[0]).toBe("hostnossl all all all reject");
        for (const one of hba) {
          const [type, ...rest] = one.split("#")[0]?.trim().split(/\s+/) ?? [];
          if (type !== "" && type !== "hostssl") expect([type, rest.includes("reject")]).toEqual(["hostnossl", true]);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("are found again by their index", () => {
    const lines = ["# first", "hostssl all all all md5"];
    expect(callersHbaLine(toHba(lines).indexOf("hostssl all all all md5"))).toBe(1);
  });
});
