import { ApiError } from "../../api-server.js";

export function decodeProtobuf(_body: Buffer): Record<string, unknown> {
  throw new ApiError(415, "UnsupportedMediaType", "protobuf");
}
