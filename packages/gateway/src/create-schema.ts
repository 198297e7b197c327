import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import { buildSchemaSync, type PubSub } from "type-graphql";
import { ClusterResolver, CreateClusterPayloadResolver } from "./provisioning/cluster.resolver.js";
import { ConnectionCredentialsResolver } from "./provisioning/connection-credentials.resolver.js";
import { OperationResolver } from "./provisioning/operation.resolver.js";

/** type-graphql asks for one; every subscription here brings its own source, since events come from the control plane. */
const NO_PUB_SUB: PubSub = {
  publish: () => refuse(),
  subscribe: () => refuse(),
};

let schema: GraphQLSchema | undefined;

/** The gateway's schema, built once a process: it holds no state, and type-graphql's registry is global in any case. */
export function createSchema(): GraphQLSchema {
  schema ??= buildSchemaSync({
    resolvers: [ClusterResolver, CreateClusterPayloadResolver, ConnectionCredentialsResolver, OperationResolver],
    // The SDK checks every argument, for every way in.
    validate: false,
    pubSub: NO_PUB_SUB,
  });
  return schema;
}

function refuse(): never {
  throw new TypeError("a subscription needs a `subscribe` of its own");
}
