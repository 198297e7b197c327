import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { connectionKeys } from "./connection-keys.js";

/** Without the two that a path in a URI cannot end in; validation refuses them. */
const database = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((one) => !/^\.\.?$/.test(one));
const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });

describe("the keys of a credentials Secret", () => {
  it("hold URIs from which the same values come out, whatever characters they have", () => {
    fc.assert(
      fc.property(name, name, database, (username, password, database) => {
        const keys = connectionKeys({ username, password, database }, { host: "localhost", port: 5433 });
        const uri = new URL(keys.uri);
        expect([uri.hostname, uri.port]).toEqual(["localhost", "5433"]);
        expect(decodeURIComponent(uri.username)).toBe(username);
        expect(decodeURIComponent(uri.password)).toBe(password);
        expect(decodeURIComponent(uri.pathname.slice(1))).toBe(database);
        const jdbc = new URL(keys["jdbc-uri"].slice("jdbc:".length));
        expect([jdbc.searchParams.get("user"), jdbc.searchParams.get("password")]).toEqual([username, password]);
      }),
    );
  });

  it("hold a line for .pgpass that splits into the same five fields", () => {
    fc.assert(
      fc.property(name, name, (username, password) => {
        const { pgpass } = connectionKeys({ username, password, database: "app" }, { host: "::1", port: 1 });
        const fields = pgpass
          .replace(/\n$/, "")
          .match(/(?:\\[\s\S]|[^\\:])+/g)
          ?.map((field) => field.replaceAll(/\\([\s\S])/g, "$1"));
        expect(fields).toEqual(["::1", "1", "app", username, password]);
      }),
    );
  });

  it("write an IPv6 address in brackets", () => {
    const { uri, host } = connectionKeys({ username: "a", password: "b", database: "c" }, { host: "::1", port: 1 });
    expect([uri, host]).toEqual(["postgresql://a:b@[::1]:1/c", "::1"]);
  });
});
