// The set-up cannot go on: one sentence for the user, and the exit code it ends with (64 wrong usage, 69 something is missing).
export class SetupStop extends Error {
  constructor(exitCode, message) {
    super(message);
    this.exitCode = exitCode;
  }
}
