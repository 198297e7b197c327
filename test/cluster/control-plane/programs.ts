import { join } from "node:path";
import type { ControlPlaneFiles } from "./control-plane-files.js";

/** Arguments of one program. */
export type Program = readonly string[];

/** There is one member, so nobody ever calls it. */
const ANY_PEER_URL = "http://127.0.0.1:0";

/** Only who holds a certificate of ours may read or write. */
export function etcd({ authority, serving }: ControlPlaneFiles, directory: string, url: string): Program {
  return [
    "--name=test",
    `--data-dir=${join(directory, "etcd")}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${ANY_PEER_URL}`,
    `--initial-advertise-peer-urls=${ANY_PEER_URL}`,
    `--initial-cluster=test=${ANY_PEER_URL}`,
    `--cert-file=${serving.certificate}`,
    `--key-file=${serving.key}`,
    `--trusted-ca-file=${authority}`,
    "--client-cert-auth=true",
    "--unsafe-no-fsync=true", // nothing of it outlives the run
  ];
}

export interface ApiServerSettings {
  readonly directory: string;
  readonly port: number;
  readonly etcd: string;
  readonly auditLog: string;
}

export function kubeApiserver(files: ControlPlaneFiles, settings: ApiServerSettings): Program {
  return [
    `--etcd-servers=${settings.etcd}`,
    `--etcd-cafile=${files.authority}`,
    `--etcd-certfile=${files.client.certificate}`,
    `--etcd-keyfile=${files.client.key}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${settings.port}`,
    `--tls-cert-file=${files.serving.certificate}`,
    `--tls-private-key-file=${files.serving.key}`,
    `--cert-dir=${settings.directory}`,
    "--endpoint-reconciler-type=none", // a loopback address may not be published
    "--service-cluster-ip-range=10.96.0.0/16",
    `--token-auth-file=${files.tokens}`,
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${files.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    `--audit-policy-file=${files.auditPolicy}`,
    `--audit-log-path=${settings.auditLog}`,
  ];
}

export function kubeControllerManager(files: ControlPlaneFiles, kubeconfig: string): Program {
  return [
    `--kubeconfig=${kubeconfig}`,
    "--secure-port=0", // serves nothing
    "--leader-elect=false",
    "--use-service-account-credentials=true",
    `--service-account-private-key-file=${files.serviceAccountKey}`,
    `--root-ca-file=${files.authority}`,
  ];
}
