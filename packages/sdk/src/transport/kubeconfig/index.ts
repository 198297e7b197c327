export {
  createKubeconfigTransport,
  type KubeconfigTransport,
  type KubeconfigTransportOptions,
} from "./kubeconfig-transport.js";
