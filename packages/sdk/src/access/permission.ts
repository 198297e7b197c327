/**
 * What may be asked for, as `resource:verb`. One permission an operation; a few fields that amount to superuser have their own
 * (whoever sets pg_hba rules or opens the superuser's Secret owns the server), so that "may create a cluster" stays harmless.
 */
export const PERMISSIONS = [
  "clusters:create",
  "clusters:get",
  "clusters:list",
  "clusters:watch",
  "clusters:update",
  "clusters:delete",
  "clusters:configureHba",
  "clusters:enableSuperuser",
  "connections:get",
  "credentials:reveal",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

export function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text);
}
