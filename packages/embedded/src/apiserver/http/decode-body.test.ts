import fc from "fast-check";
import { expect, it } from "vitest";
import { ApiError } from "../api-server.js";
import { decodeJson, decodeYaml } from "./decode-body.js";

it("reads every JSON object as JSON.parse does, as JSON and as YAML", () => {
  const keys = fc.string().filter((key) => key !== "__proto__");
  fc.assert(
    fc.property(fc.dictionary(keys, fc.jsonValue()), (object) => {
      const text = JSON.stringify(object);
      fc.pre(!text.includes("__proto__"));
      expect(decodeJson(Buffer.from(text), "Widget").value).toEqual(JSON.parse(text));
      expect(decodeYaml(Buffer.from(text), "Widget").value).toEqual(JSON.parse(text));
    }),
  );
});

it("finds no field twice in what was written from an object", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      fc.pre(!JSON.stringify(object).includes("__proto__"));
      expect(decodeJson(Buffer.from(JSON.stringify(object)), "Widget").duplicates()).toEqual([]);
    }),
  );
});

it("fails with a 400 and nothing else, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.constantFrom(decodeJson, decodeYaml), (text, decode) => {
      try {
        decode(Buffer.from(text), "Widget");
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError);
      }
    }),
  );
});
