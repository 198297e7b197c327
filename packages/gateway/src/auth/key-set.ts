import { readFile } from "node:fs/promises";
import { invalidArgument } from "@tenantry/sdk";
import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import {
  DEFAULT_KEY_COOLDOWN_MS,
  DEFAULT_KEY_MAX_AGE_MS,
  DEFAULT_KEY_TIMEOUT_MS,
  type KeySetSource,
  type RemoteKeySet,
} from "./auth-options.js";

/** jose has no cap of its own, and an issuer's answer is parsed whole. */
const MAX_KEY_SET_BYTES = 1024 * 1024;
/** After a failed fetch nobody is asked for this long, whatever the cooldown: recovery should be quick, a flood not passed on. */
const FAILURE_PAUSE_MS = 2_000;

/**
 * The keys of one issuer. Only `kid` and `alg` of a token's header choose among them; `jku`, `jwk`, `x5u` and `x5c` are never read.
 * @param setting - the configured name, for errors.
 */
export async function openKeySet(setting: string, source: KeySetSource): Promise<JWTVerifyGetKey> {
  if ("uri" in source) return openRemoteKeySet(source);
  const jwks = "keys" in source ? { keys: source.keys } : await readKeySetFile(`${setting}.file`, source.file);
  try {
    return createLocalJWKSet(jwks as JSONWebKeySet);
  } catch (cause) {
    throw invalidArgument(setting, "is no JSON Web Key Set: an object with a list of keys is needed", { cause });
  }
}

async function readKeySetFile(setting: string, path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw invalidArgument(setting, `"${path}" cannot be read`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw invalidArgument(setting, `"${path}" is not JSON`);
  }
}

function openRemoteKeySet({ uri, timeoutMs, cooldownMs, maxAgeMs }: RemoteKeySet): JWTVerifyGetKey {
  let quietUntil = 0;
  return createRemoteJWKSet(new URL(uri), {
    timeoutDuration: timeoutMs ?? DEFAULT_KEY_TIMEOUT_MS,
    cooldownDuration: cooldownMs ?? DEFAULT_KEY_COOLDOWN_MS,
    cacheMaxAge: maxAgeMs ?? DEFAULT_KEY_MAX_AGE_MS,
    [customFetch]: async (url, init) => {
      if (performance.now() < quietUntil) throw new Error("the last fetch of the keys failed a moment ago");
      try {
        const response = await fetch(url, init);
        return new Response(await readCapped(response), { status: response.status });
      } catch (error) {
        quietUntil = performance.now() + FAILURE_PAUSE_MS;
        throw error;
      }
    },
  });
}

/** Counts what arrives after decompression, so that a small answer cannot unpack into a large one. */
async function readCapped(response: Response): Promise<string> {
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the key set's address answered ${response.status}`);
  }
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_KEY_SET_BYTES) throw new Error(`the key set is larger than ${MAX_KEY_SET_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
