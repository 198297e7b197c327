import { VERBOSE_VARIABLE } from "./verbose.js";

export const PROGRAM_HELP = `
Examples:
  tenantry dev                                       start, print tokens and a mutation to paste
  tenantry dev --help                                options of one command
  tenantry token --namespace team-a                  another token for team-a
  tenantry serve --config tenantry.yaml              in front of a Kubernetes cluster

Environment:
  ${VERBOSE_VARIABLE}=1    the same as --verbose

Exit codes:
  0    done, or stopped as asked (Ctrl-C, SIGTERM)
  1    failed; the last line on stderr says why and what to do
  2    wrong command line or configuration file
  130  ended by a second Ctrl-C before everything had stopped
`;

export const DEV_HELP = `
Starts an embedded control plane, the operator, real PostgreSQL servers (TLS 1.3 only) and the GraphQL gateway, all on
loopback, with the namespaces team-a and team-b and a token for each. Ctrl-C stops everything; data stays in the
directory, and the next start with it resumes: same clusters, same rows, same tokens.

Default directory: /var/lib/tenantry/dev for root, $XDG_DATA_HOME/tenantry/dev or ~/.local/share/tenantry/dev for others.

Examples:
  tenantry dev
  tenantry dev --directory ./data --port 4000
  tenantry dev --directory "$(mktemp -d)" --json     for scripts: {"url","kubeconfig","issuer","tokens","directory"}
`;

export const SERVE_HELP = `
The file:
  listen: { host: 127.0.0.1, port: 4000 }
  kubernetes: { kubeconfig: ./kubeconfig, context: prod }    # absent: KUBECONFIG, ~/.kube/config, the pod's own account
  provider: cloudnative-pg
  auth:
    issuers:
      - issuer: https://id.example.com/realms/platform
        audience: tenantry
        algorithms: [RS256]
        jwks: { uri: https://id.example.com/realms/platform/keys }
        claims: { namespaces: tenantry_namespaces }          # {"team-a": ["namespace-admin"]}
  roles: { reporter: ["clusters:list", "clusters:get"] }     # beside the base roles
  limits: { depth: 10, cost: 5000 }

Paths are relative to the file. Whatever is wrong is listed with its line.

Example:
  tenantry serve --config /etc/tenantry/tenantry.yaml
`;

export const TOKEN_HELP = `
Roles: namespace-admin and namespace-reader, for one namespace or more; account-admin and account-reader, for all.

Examples:
  tenantry token --namespace team-a
  tenantry token --namespace team-a team-b --role namespace-reader --ttl 7d
  tenantry token --account --role account-admin --subject alice
  curl -H "Authorization: Bearer $(tenantry token --namespace team-a)" ...
`;
