export { ClosingStack } from "./plane/closing-stack.js";
export {
  type EmbeddedPlane,
  type InProcessPlane,
  type PlaneLogger,
  type PlaneStep,
  type StartEmbeddedOptions,
  startEmbedded,
} from "./plane/start-embedded.js";
export { writeDurably } from "./postgres/process/durable-file.js";
