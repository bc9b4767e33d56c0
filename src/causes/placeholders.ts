// The words in commands that the reader replaces, each with what it stands for; no command holds any other.
export const placeholders = {
  CLIENT_IP: "the client pod's address",
  POD_IP: "the server pod's address",
  SERVICE_IP: "the Service's cluster IP, or what the client dials",
  PORT: "the server's port",
  SERVER_PID: "a process id of the server's, as the node counts them",
  POD: "the server pod's name",
  NAMESPACE: "the pods' namespace",
  SERVICE: "the Service's name",
} as const;

export type Placeholder = keyof typeof placeholders;

/** The placeholders that a command holds, in the order of the list above. */
export function placeholdersIn(command: string): Placeholder[] {
  const words = new Set(command.match(/\b[A-Z][A-Z_]*\b/g));
  return (Object.keys(placeholders) as Placeholder[]).filter((name) => words.has(name));
}
