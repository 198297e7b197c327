import { Field, Int, ObjectType, registerEnumType } from "type-graphql";

const SSL_MODES = { VERIFY_FULL: "verify-full" } as const;
registerEnumType(SSL_MODES, {
  name: "SslMode",
  description: "libpq's `sslmode`.",
  valuesConfig: {
    VERIFY_FULL: { description: "`verify-full`: the certificate is checked against the authority and the host." },
  },
});

// Not named "Connection": Relay takes every type of that ending for a page of a list.
@ObjectType({ simpleResolvers: true, description: "How to reach a cluster's primary, without the password." })
export class ConnectionDetails {
  @Field(() => String, { description: "Host name or address, as in the server's certificate." })
  declare readonly host: string;

  @Field(() => Int, { description: "TCP port." })
  declare readonly port: number;

  @Field(() => String, { description: "Name of the database." })
  declare readonly database: string;

  @Field(() => String, { description: "The role to connect as: it owns the database." })
  declare readonly role: string;

  @Field(() => SSL_MODES, { description: "libpq's `sslmode`, the only one that is served." })
  declare readonly sslmode: "verify-full";

  @Field(() => String, {
    description: "The server's certificate authority, PEM: libpq's `sslrootcert`, `ssl.ca` of node-postgres.",
  })
  declare readonly caCertificate: string;
}

@ObjectType({
  simpleResolvers: true,
  description: "A connection with the password that opens it. Keep it out of logs and caches.",
})
export class ConnectionCredentials extends ConnectionDetails {
  @Field(() => String, { description: "The owner role's password." })
  declare readonly password: string;
}
