/** What `tenantry dev` offers once it runs. With `--json` this is the line on stdout, as it is. */
export interface ReadyLine {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  /** Path of the file for kubectl. */
  readonly kubeconfig: string;
  readonly issuer: string;
  /** One for each tenant. Secrets: for the terminal of the one who started it, never for a log. */
  readonly tokens: Readonly<Record<DevelopmentNamespace, string>>;
  readonly directory: string;
}

export const DEVELOPMENT_NAMESPACES = ["team-a", "team-b"] as const;
export type DevelopmentNamespace = (typeof DEVELOPMENT_NAMESPACES)[number];

/** What a person reads, commands to paste included. */
export function formatReadyMessage(ready: ReadyLine, seconds: number): string {
  const { url, kubeconfig, issuer, tokens, directory } = ready;
  const create = `mutation { createCluster(input: { namespace: "team-a", name: "shop", storage: { size: "1Gi" } }) { operation { id phase } } }`;
  const reveal = `{ connectionCredentials(namespace: "team-a", name: "shop") { host port database role password caCertificate } }`;
  return `
Tenantry is ready (${seconds.toFixed(1)} s).

  GraphQL     ${url}
  kubeconfig  ${kubeconfig}
  issuer      ${issuer}
  data        ${directory}

Token for team-a (namespace-admin there, nothing elsewhere):
${tokens["team-a"]}

Token for team-b:
${tokens["team-b"]}

Create a PostgreSQL cluster for team-a:
${curl(url, tokens["team-a"], create)}

Get what opens it, a few seconds later:
${curl(url, tokens["team-a"], reveal)}

See it as Kubernetes does:
kubectl --kubeconfig ${shellQuote(kubeconfig)} get clusters.postgresql.cnpg.io -A

Stop with Ctrl-C. The data stays, and the same command resumes.
`;
}

function curl(url: string, token: string, query: string): string {
  return [
    `curl -sS ${shellQuote(url)}`,
    `-H 'content-type: application/json'`,
    `-H ${shellQuote(`authorization: Bearer ${token}`)}`,
    `--data ${shellQuote(JSON.stringify({ query }))}`,
  ].join(" ");
}

/** One word for sh, whatever it holds. Source: POSIX Shell Command Language, section 2.2.2: nothing is special in single quotes. */
export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
