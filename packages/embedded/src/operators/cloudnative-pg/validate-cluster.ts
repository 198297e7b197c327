import { isDeepStrictEqual } from "node:util";
import { parseQuantity, type StatusCause } from "@tenantry/sdk";
import { isDnsName } from "../../tls/issue-certificate.js";
import type { CnpgCluster, CnpgClusterSpec, CnpgInitdb, CnpgStorage } from "./cluster-object.js";
import { forbidden, invalidValue, required } from "./field-error.js";
import { validateHba } from "./postgresql/host-based-authentication.js";
import { imageProblem } from "./postgresql/image.js";
import { validateParameters } from "./postgresql/validate-parameters.js";

// Source of the rules and, where they fit, the words: cloudnative-pg v1.30.0 internal/webhook/v1/cluster_webhook.go.

const MAX_NAME_LENGTH = 50;
/** RFC 1035 as Kubernetes checks it: Services are named after the cluster. */
const DNS_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const MAX_IDENTIFIER_BYTES = 63;

export function validateCluster(cluster: CnpgCluster): StatusCause[] {
  const { metadata, spec = {} } = cluster;
  const storageBytes = parseQuantity(sizeOf(spec.storage) ?? "")?.value;
  return [
    ...validateName(metadata.name ?? ""),
    ...validateInstances(spec),
    ...validateImage(spec.imageName),
    ...validateStorage(spec.storage),
    ...validateInitdb(spec.bootstrap?.initdb),
    ...validateParameters(spec.postgresql ?? {}, storageBytes),
    ...validateHba(spec.postgresql?.pg_hba),
    ...validateNames(spec),
    ...validateHibernation(metadata.annotations?.["cnpg.io/hibernation"]),
  ];
}

/** What may not change once there are data. The real operator reads `bootstrap` once and ignores later edits; here they are refused. */
export function validateClusterUpdate(old: CnpgCluster, cluster: CnpgCluster): StatusCause[] {
  const causes: StatusCause[] = [];
  const [from, to] = [sizeOf(old.spec?.storage), sizeOf(cluster.spec?.storage)];
  const [fromSize, toSize] = [parseQuantity(from ?? ""), parseQuantity(to ?? "")];
  if (fromSize !== undefined && toSize !== undefined && toSize.compare(fromSize) < 0) {
    causes.push(
      invalidValue(sizePath(cluster.spec?.storage), to, `can't shrink existing storage from ${from} to ${to}`),
    );
  }
  const [oldInitdb, initdb] = [old.spec?.bootstrap?.initdb ?? {}, cluster.spec?.bootstrap?.initdb ?? {}];
  for (const key of Object.keys({ ...oldInitdb, ...initdb }).sort() as (keyof CnpgInitdb)[]) {
    if (oldInitdb[key] !== undefined && !isDeepStrictEqual(oldInitdb[key], initdb[key])) {
      causes.push(
        invalidValue(
          `spec.bootstrap.initdb.${key}`,
          initdb[key],
          "field is immutable: the data directory is made once",
        ),
      );
    }
  }
  const [oldLevel, level] = [old, cluster].map(({ spec }) => spec?.postgresql?.parameters?.wal_level);
  if (level === "minimal" && oldLevel !== "minimal") {
    causes.push(invalidValue("spec.postgresql.parameters.wal_level", level, "can't be changed to minimal"));
  }
  return causes;
}

function validateName(name: string): StatusCause[] {
  if (!DNS_LABEL.test(name)) {
    const detail =
      "cluster name must be a valid DNS label: lower case letters, digits and '-', starting with a letter and ending with a letter or digit";
    return [invalidValue("metadata.name", name, detail)];
  }
  if (name.length <= MAX_NAME_LENGTH) return [];
  return [invalidValue("metadata.name", name, `the maximum length of a cluster name is ${MAX_NAME_LENGTH} characters`)];
}

function validateInstances(spec: CnpgClusterSpec): StatusCause[] {
  const { instances = 1, minSyncReplicas = 0, maxSyncReplicas = 0 } = spec;
  const causes: StatusCause[] = [];
  if (instances !== 1) {
    causes.push(invalidValue("spec.instances", instances, "the embedded plane runs one server a cluster; use 1"));
  }
  if (maxSyncReplicas !== 0) {
    causes.push(invalidValue("spec.maxSyncReplicas", maxSyncReplicas, "must be lower than the number of instances"));
  }
  if (minSyncReplicas > maxSyncReplicas) {
    causes.push(invalidValue("spec.minSyncReplicas", minSyncReplicas, "cannot be greater than maxSyncReplicas"));
  }
  if (spec.primaryUpdateStrategy === "supervised") {
    const detail = "supervised update strategy is not allowed for clusters with a single instance";
    causes.push(invalidValue("spec.primaryUpdateStrategy", "supervised", detail));
  }
  return causes;
}

function validateImage(image: string | undefined): StatusCause[] {
  const problem = image === undefined ? undefined : imageProblem(image);
  return problem === undefined ? [] : [invalidValue("spec.imageName", image, problem)];
}

function validateStorage(storage: CnpgStorage | undefined): StatusCause[] {
  const size = sizeOf(storage);
  if (size === undefined || size === "") {
    return [
      required("spec.storage.size", "Size not configured. Please add it, or a storage request in the pvcTemplate."),
    ];
  }
  const quantity = parseQuantity(size);
  if (quantity?.isPositive) return [];
  return [invalidValue(sizePath(storage), size, "Size value isn't valid: it must be a positive quantity such as 10Gi")];
}

function sizeOf(storage: CnpgStorage | undefined): string | undefined {
  return storage?.size ?? storage?.pvcTemplate?.resources?.requests?.storage;
}

function sizePath(storage: CnpgStorage | undefined): string {
  return storage?.size === undefined ? "spec.storage.pvcTemplate.resources.requests.storage" : "spec.storage.size";
}

function validateInitdb(initdb: CnpgInitdb | undefined): StatusCause[] {
  if (initdb === undefined) return [];
  const path = "spec.bootstrap.initdb";
  const causes: StatusCause[] = [];
  for (const key of ["database", "owner"] as const) {
    const problem = identifierProblem(initdb[key] ?? "", key);
    if (problem !== undefined) causes.push(invalidValue(`${path}.${key}`, initdb[key], problem));
  }
  const supported = { encoding: "UTF8", localeCollate: "C", localeCType: "C" } as const;
  for (const key of ["encoding", "localeCollate", "localeCType"] as const) {
    const value = initdb[key];
    if (value === undefined || value === supported[key]) continue;
    causes.push(
      invalidValue(`${path}.${key}`, value, `the embedded plane makes databases with ${supported[key]} only`),
    );
  }
  if (initdb.secret !== undefined && initdb.secret.name === "") {
    causes.push(required(`${path}.secret.name`, "name a Secret in the cluster's namespace"));
  }
  return causes;
}

function identifierProblem(name: string, kind: "database" | "owner"): string | undefined {
  if (name === "") return "must not be empty";
  if (Buffer.byteLength(name) > MAX_IDENTIFIER_BYTES) return `must be no more than ${MAX_IDENTIFIER_BYTES} bytes`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(name)) return "must not contain control characters";
  const reserved =
    kind === "database" ? ["postgres", "template0", "template1"] : ["postgres", "streaming_replica", "public", "none"];
  if (reserved.includes(name)) return "is reserved";
  // Whatever the encoding, URIs take them for steps in a path, and the generated URI would name no database.
  if (kind === "database" && (name === "." || name === "..")) return "cannot be written in a connection URI";
  if (kind === "owner" && /^(pg_|cnpg_)/.test(name)) return "must not start with pg_ or cnpg_, which are reserved";
  return undefined;
}

function validateNames(spec: CnpgClusterSpec): StatusCause[] {
  const causes: StatusCause[] = [];
  if (spec.superuserSecret !== undefined && spec.superuserSecret.name === "") {
    causes.push(required("spec.superuserSecret.name", "name a Secret in the cluster's namespace"));
  }
  (spec.certificates?.serverAltDNSNames ?? []).forEach((name, index) => {
    if (isDnsName(name)) return;
    causes.push(invalidValue(`spec.certificates.serverAltDNSNames[${index}]`, name, "must be a DNS name"));
  });
  (spec.managed?.services?.disabledDefaultServices ?? []).forEach((service, index) => {
    if (service !== "rw") return;
    causes.push(forbidden(`spec.managed.services.disabledDefaultServices[${index}]`, "service rw cannot be disabled."));
  });
  return causes;
}

function validateHibernation(value: string | undefined): StatusCause[] {
  if (value === undefined || value === "on" || value === "off") return [];
  return [invalidValue("metadata.annotations.cnpg.io/hibernation", value, 'must be "on" or "off"')];
}
