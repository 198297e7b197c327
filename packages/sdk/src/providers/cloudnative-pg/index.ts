export { type CloudNativePgOptions, cloudNativePg } from "./cloud-native-pg.js";
export { CNPG_CLUSTERS } from "./cluster-object.js";
