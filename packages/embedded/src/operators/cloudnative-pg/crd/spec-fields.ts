import { type Fields, group, honoured, ignored, open, refused } from "./field-tree.js";

// Source: cloudnative-pg v1.30.0 api/v1/cluster_types.go: the names, types, enums and defaults. The descriptions are ours.

const POOL_OF_STRINGS = { type: "array", items: { type: "string" } } as const;
const STRINGS_BY_NAME = { type: "object", additionalProperties: { type: "string" } } as const;
const seconds = (description: string, value: number) =>
  ignored({ type: "integer", format: "int32", default: value, description: `${description}, in seconds.` });
const secretReference = (description: string) =>
  honoured({
    type: "object",
    description,
    required: ["name"],
    properties: { name: { type: "string", description: "Name of a Secret in the cluster's namespace." } },
  });

const INITDB: Fields = {
  database: honoured({ type: "string", description: "The first database. `app` when absent." }),
  owner: honoured({ type: "string", description: "The role that owns it. The database's name when absent." }),
  secret: secretReference(
    "Holds `username`, equal to the owner, and `password`. Without it the operator makes one and keeps it in `<cluster>-app`.",
  ),
  encoding: honoured({ type: "string", description: "The database's encoding. Only UTF8 is run here." }),
  localeCollate: honoured({ type: "string", description: "LC_COLLATE. Only C is run here." }),
  localeCType: honoured({ type: "string", description: "LC_CTYPE. Only C is run here." }),
  dataChecksums: ignored(
    { type: "boolean", description: "Checksums on data pages, which PostgreSQL 18 always has on." },
    true,
  ),
  builtinLocale: refused("string", "Locale of the builtin provider."),
  icuLocale: refused("string", "Locale of the ICU provider."),
  icuRules: refused("string", "Collation rules for the ICU provider."),
  import: refused("object", "Copies databases of another server by dump and restore."),
  locale: refused("string", "Collation and character classification in one."),
  localeProvider: refused("string", "Who provides the locale: libc, icu or builtin."),
  options: refused("array", "Raw options of initdb."),
  postInitApplicationSQL: refused("array", "SQL run once as superuser in the application's database."),
  postInitApplicationSQLRefs: refused("object", "The same, read from ConfigMaps and Secrets."),
  postInitSQL: refused("array", "SQL run once as superuser in the database `postgres`."),
  postInitSQLRefs: refused("object", "The same, read from ConfigMaps and Secrets."),
  postInitTemplateSQL: refused("array", "SQL run once as superuser in `template1`."),
  postInitTemplateSQLRefs: refused("object", "The same, read from ConfigMaps and Secrets."),
  walSegmentSize: refused("integer", "Size of a WAL segment in MB."),
};

const POSTGRESQL: Fields = {
  parameters: honoured({
    ...STRINGS_BY_NAME,
    description: "Settings for postgresql.conf. Some belong to the operator and are refused.",
  }),
  pg_hba: honoured({
    ...POOL_OF_STRINGS,
    description:
      "Lines for pg_hba.conf, after the operator's own and before the default that asks for a password over TLS.",
  }),
  shared_preload_libraries: honoured({
    ...POOL_OF_STRINGS,
    description: "Libraries to load at start, of those that come with PostgreSQL.",
  }),
  promotionTimeout: ignored(open("integer", "How long a promotion may take, in seconds.")),
  enableAlterSystem: refused("boolean", "Lets a superuser run ALTER SYSTEM."),
  extensions: refused("array", "Extensions mounted from images."),
  ldap: refused("object", "Authentication by an LDAP server."),
  pg_ident: refused("array", "Lines for pg_ident.conf."),
  syncReplicaElectionConstraint: refused("object", "Where synchronous standbys may stand."),
  synchronous: refused("object", "Synchronous replication."),
};

/** `spec` of a Cluster. */
export const SPEC_FIELDS: Fields = {
  instances: honoured({
    type: "integer",
    default: 1,
    minimum: 1,
    description: "Servers in all: one primary, the rest standbys. Only 1 is run here.",
  }),
  description: honoured({ type: "string", description: "Words about the cluster, for people." }),
  imageName: honoured({
    type: "string",
    description: "The image whose tag names the version of PostgreSQL. Only 18 is run here.",
  }),
  storage: group(
    { description: "The volume that holds the data." },
    {
      size: honoured({
        type: "string",
        description: "Its size, as a quantity. Kept and compared, not enforced here. May not shrink.",
      }),
      storageClass: ignored({ type: "string", description: "StorageClass of the volume." }),
      resizeInUseVolumes: ignored({
        type: "boolean",
        default: true,
        description: "Whether volumes in use are resized.",
      }),
      pvcTemplate: ignored(
        open("object", "Template of the PersistentVolumeClaim. Its storage request stands in for `size`."),
      ),
    },
  ),
  bootstrap: group(
    { description: "How the data directory comes to be. Read once." },
    {
      initdb: group({ description: "A new, empty one." }, INITDB),
      recovery: refused("object", "From a backup."),
      pg_basebackup: refused("object", "From a running server."),
    },
  ),
  postgresql: group({ description: "Configuration of PostgreSQL." }, POSTGRESQL),
  enableSuperuserAccess: honoured({
    type: "boolean",
    default: false,
    description: "Whether the role `postgres` has a password and `<cluster>-superuser` holds it. Off takes both away.",
  }),
  superuserSecret: secretReference("Holds the superuser's password in place of the generated `<cluster>-superuser`."),
  certificates: group(
    { description: "Certificates of the server and of its clients." },
    {
      serverAltDNSNames: honoured({ ...POOL_OF_STRINGS, description: "More DNS names for the server's certificate." }),
      serverCASecret: refused("string", "Secret with a certificate authority of the caller's own."),
      serverTLSSecret: refused("string", "Secret with a server certificate of the caller's own."),
      clientCASecret: refused("string", "Secret with an authority for client certificates."),
      replicationTLSSecret: refused("string", "Secret with the replication role's certificate."),
    },
  ),
  managed: group(
    { description: "What the operator looks after inside PostgreSQL and around it." },
    {
      roles: refused("array", "PostgreSQL roles."),
      services: group(
        { description: "Services." },
        {
          disabledDefaultServices: honoured({
            type: "array",
            items: { type: "string", enum: ["rw", "r", "ro"] },
            description: "Default Services that are not made: `r`, `ro`.",
          }),
          additional: refused("array", "Services from templates."),
        },
      ),
    },
  ),
  inheritedMetadata: group(
    { description: "Put on every object that the operator makes for the cluster." },
    {
      labels: honoured({ ...STRINGS_BY_NAME, description: "Labels." }),
      annotations: honoured({ ...STRINGS_BY_NAME, description: "Annotations." }),
    },
  ),
  backup: refused("object", "Backups and archived WAL."),
  externalClusters: refused("array", "Servers elsewhere."),
  imageCatalogRef: refused("object", "Takes the image from a catalog."),
  monitoring: refused("object", "Metrics."),
  plugins: refused("array", "Plugins of the operator."),
  podSelectorRefs: refused("array", "Pods that pg_hba lines may name."),
  projectedVolumeTemplate: refused("object", "Files to mount."),
  replica: refused("object", "Follows another cluster."),
  tablespaces: refused("array", "Tablespaces on volumes of their own."),
  walStorage: refused("object", "A volume of its own for WAL."),
  affinity: ignored(open("object", "Where pods run."), { podAntiAffinityType: "preferred" }),
  enablePDB: ignored({ type: "boolean", default: true, description: "PodDisruptionBudgets." }),
  env: ignored(open("array", "Environment of the pods.")),
  envFrom: ignored(open("array", "Environment of the pods, from ConfigMaps and Secrets.")),
  ephemeralVolumeSource: ignored(open("object", "Source of the ephemeral volume.")),
  ephemeralVolumesSizeLimit: ignored(open("object", "Limits of the ephemeral volumes.")),
  failoverDelay: seconds("Wait before a failover", 0),
  imagePullPolicy: ignored({ type: "string", description: "When the image is pulled." }),
  imagePullSecrets: ignored(open("array", "Secrets to pull the image with.")),
  livenessProbeTimeout: ignored({ type: "integer", format: "int32", description: "Liveness probe, in seconds." }),
  logLevel: ignored({
    type: "string",
    default: "info",
    enum: ["error", "warning", "info", "debug", "trace"],
    description: "How much the instances log.",
  }),
  maxSyncReplicas: honoured({
    type: "integer",
    default: 0,
    minimum: 0,
    description: "At most this many synchronous standbys.",
  }),
  minSyncReplicas: honoured({
    type: "integer",
    default: 0,
    minimum: 0,
    description: "At least this many synchronous standbys.",
  }),
  nodeMaintenanceWindow: ignored(open("object", "What to do while a node is maintained.")),
  podSecurityContext: ignored(open("object", "Security context of the pods.")),
  postgresGID: ignored({ type: "integer", format: "int64", default: 26, description: "Group id in the image." }),
  postgresUID: ignored({ type: "integer", format: "int64", default: 26, description: "User id in the image." }),
  primaryLease: ignored(open("object", "Timing of the lease that the primary holds.")),
  primaryUpdateMethod: ignored({
    type: "string",
    default: "restart",
    enum: ["switchover", "restart"],
    description: "How the primary is updated.",
  }),
  primaryUpdateStrategy: honoured({
    type: "string",
    default: "unsupervised",
    enum: ["unsupervised", "supervised"],
    description: "Whether a person starts the update of the primary.",
  }),
  priorityClassName: ignored({ type: "string", description: "Priority of the pods." }),
  probes: ignored(open("object", "Probes of the pods."), { liveness: { isolationCheck: { enabled: true } } }),
  replicationSlots: ignored(
    {
      ...open("object", "Replication slots for standbys."),
      default: { highAvailability: { enabled: true } },
    },
    { highAvailability: { enabled: true, slotPrefix: "_cnpg_" }, synchronizeReplicas: { enabled: true } },
  ),
  resources: ignored(open("object", "CPU and memory of the pods.")),
  schedulerName: ignored({ type: "string", description: "Scheduler of the pods." }),
  seccompProfile: ignored(open("object", "Seccomp profile of the pods.")),
  securityContext: ignored(open("object", "Security context of the containers.")),
  serviceAccountName: ignored({ type: "string", description: "ServiceAccount of the pods." }),
  serviceAccountTemplate: ignored(open("object", "Metadata of the generated ServiceAccount.")),
  smartShutdownTimeout: seconds("Time for clients to leave by themselves", 180),
  startDelay: seconds("Time to start", 3600),
  stopDelay: seconds("Time to stop", 1800),
  switchoverDelay: seconds("Time to stop during a switchover", 3600),
  topologySpreadConstraints: ignored(open("array", "How pods spread over the nodes.")),
};
