import { randomInt } from "node:crypto";
import { SECRETS, type Secret } from "@tenantry/sdk";
import { namesOf } from "../cluster-object.js";
import { UserActionNeeded } from "../status/user-action-needed.js";
import { type Address, type Credentials, connectionKeys } from "./connection-keys.js";
import { type ClusterScope, createOwned, deleteObject, findCurrent, getObject, ownerUid } from "./owned-object.js";
import { readSecret, toSecretData } from "./secret-data.js";

const SUPERUSER = "postgres";
/** Length and letters of the operator's own passwords. Source: cloudnative-pg v1.30.0 pkg/specs/secrets.go, sethvargo/go-password. */
const PASSWORD_LENGTH = 64;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export interface PreparedCredentials {
  /** Passwords by role; `null` where a role shall have none. */
  readonly passwords: Readonly<Record<string, string | null>>;
  /** Writes what the Secrets lack now that the address is known, and resolves with their versions, by their name in the status. */
  publish(address: Address): Promise<Readonly<Record<string, string>>>;
}

interface Account extends Credentials {
  readonly secret: Secret | undefined;
  /** The generated Secret's name; undefined where the caller keeps the Secret. */
  readonly generated: string | undefined;
  readonly userType: "app" | "superuser";
}

/**
 * Finds or makes the passwords. The Secrets lead: who edits `password` in one changes the role's password. A password made here reaches its
 * Secret only with the address, in {@link PreparedCredentials.publish}; after a crash in between, the next run makes and sets another.
 */
export async function prepareCredentials(scope: ClusterScope): Promise<PreparedCredentials> {
  const { spec } = scope.cluster;
  const names = namesOf(scope.name);
  const { owner = "app", database = "app", secret } = spec?.bootstrap?.initdb ?? {};
  const wantsSuperuser = spec?.enableSuperuserAccess === true;
  const [app, superuser] = await Promise.all([
    findAccount(scope, { username: owner, database, userType: "app" }, names.app, {
      name: secret?.name,
      path: "spec.bootstrap.initdb.secret",
    }),
    wantsSuperuser
      ? findAccount(scope, { username: SUPERUSER, database: "*", userType: "superuser" }, names.superuser, {
          name: spec?.superuserSecret?.name,
          path: "spec.superuserSecret",
        })
      : undefined,
  ]);
  return {
    passwords: { [owner]: app.password, [SUPERUSER]: superuser?.password ?? null },
    async publish(address) {
      const [appVersion, superuserVersion] = await Promise.all([
        publishAccount(scope, app, address),
        superuser === undefined ? undefined : publishAccount(scope, superuser, address),
        superuser?.generated === undefined ? removeGenerated(scope, names.superuser) : undefined,
      ]);
      return {
        applicationSecretVersion: appVersion,
        ...(superuserVersion === undefined ? {} : { superuserSecretVersion: superuserVersion }),
      };
    },
  };
}

async function findAccount(
  scope: ClusterScope,
  account: Pick<Account, "username" | "database" | "userType">,
  generated: string,
  given: { readonly name: string | undefined; readonly path: string },
): Promise<Account> {
  if (given.name !== undefined && given.name !== generated) {
    const secret = await getObject<Secret>(scope, SECRETS, given.name);
    if (secret === undefined) throw new UserActionNeeded(`${given.path}: there is no Secret "${given.name}"`);
    return { ...account, secret, generated: undefined, password: passwordOf(secret, account.username, given.path) };
  }
  const secret = await findCurrent<Secret>(scope, SECRETS, generated);
  if (secret === undefined) return { ...account, secret, generated, password: generatePassword() };
  return { ...account, secret, generated, password: passwordOf(secret, account.username, `Secret "${generated}"`) };
}

function passwordOf(secret: Secret, username: string, path: string): string {
  const password = readSecret(secret, "password");
  if (password === undefined || password === "") {
    throw new UserActionNeeded(`${path}: Secret "${secret.metadata.name}" has no "password"`);
  }
  if (readSecret(secret, "username") !== username) {
    throw new UserActionNeeded(`${path}: "username" in Secret "${secret.metadata.name}" must be "${username}"`);
  }
  return password;
}

async function publishAccount(scope: ClusterScope, account: Account, address: Address): Promise<string> {
  const { secret, generated, userType } = account;
  const data = toSecretData(connectionKeys(account, address));
  if (secret === undefined) {
    const metadata = { name: generated, labels: { "cnpg.io/userType": userType } };
    const type = "kubernetes.io/basic-auth";
    return versionOf(await createOwned<Secret>(scope, SECRETS, { metadata, type, data }));
  }
  // As the operator does, a stored Secret is left as it is, but for an address that would lead nowhere.
  const isCurrent = readSecret(secret, "host") === address.host && readSecret(secret, "port") === String(address.port);
  if (isCurrent || generated === undefined || ownerUid(secret) !== scope.uid) return versionOf(secret);
  const { transport, namespace, signal } = scope;
  const { uid, resourceVersion } = secret.metadata;
  const body = { metadata: { uid, resourceVersion }, data };
  const request = { verb: "patch", resource: SECRETS, namespace, name: generated, body, signal } as const;
  return versionOf(await transport.send<Secret>(request));
}

function versionOf({ metadata }: Secret): string {
  return metadata.resourceVersion ?? "";
}

async function removeGenerated(scope: ClusterScope, name: string): Promise<void> {
  const secret = await getObject<Secret>(scope, SECRETS, name);
  if (secret !== undefined && ownerUid(secret) === scope.uid) await deleteObject(scope, SECRETS, secret);
}

function generatePassword(): string {
  return Array.from({ length: PASSWORD_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}
