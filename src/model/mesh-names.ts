// What may be called a node, a zone and the address of a server, for whoever reads a plan and whoever makes one. Apart from the plan's
// schema, since the coordinator does without the schema library.

/** What Kubernetes allows as a node's name (RFC 1123, a DNS subdomain). */
export const nodeNamePattern = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
/** What it allows as a label's value; empty where there is no zone. */
export const zonePattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;
/** A name or an IP address. */
export const addressPattern = /^[A-Za-z0-9.:_-]{1,253}$/;
