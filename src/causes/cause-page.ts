// What the catalogue says of a cause: enough for a person to recognise it, to prove it by hand and to end it.
import type { Author } from '../model/author.ts';

/**
 * What a statement rests on: read in the public sources that are listed, measured in the lab with the real kernel, or
 * following from the two without having been seen. Nothing here was measured on a cloud.
 */
type Basis = 'source' | 'measured' | 'inferred';

export interface Paragraph {
  readonly text: string;
  readonly basis: readonly [Basis, ...Basis[]];
}

/** Where a command is typed. A pod stands for its network namespace. */
type Place =
  | "the server's node"
  | "the client's node"
  | "the server's pod"
  | "the client's pod"
  | 'anywhere with kubectl'
  | 'the folder of the probe events';

export interface ConfirmStep {
  readonly where: Place;
  /** Typed as it stands, once the placeholders are filled in; a long one has line breaks where the shell reads on. */
  readonly run: string;
  /** What it prints, or how it goes on, when this is the cause; and when it is not. */
  readonly whenItIs: string;
  readonly whenNot: string;
}

interface LookAlike {
  readonly cause: string;
  /** The observation that tells the two apart. */
  readonly tellApart: string;
}

export interface Fix {
  /** As in `netdebug lab run SCENARIO --fix NAME`, when the lab has it. */
  readonly name: string;
  /** What to do in the real world. */
  readonly whatToDo: string;
  readonly sideEffects: string;
  readonly proven: 'lab' | 'inferred';
  /** The command that shows it in the lab; null when it was not run there. */
  readonly tryIt: string | null;
}

export interface Source {
  readonly title: string;
  /** A URL, or a file in a public repository. */
  readonly where: string;
}

export interface CatalogueEntry {
  readonly id: string;
  /** One line of at most 75 characters. */
  readonly title: string;
  /** The lab's scenario that makes it happen; null when there is none. */
  readonly scenario: string | null;
  readonly symptom: { readonly client: string; readonly server: string; readonly nodes: string };
  /** The same as somebody says it who does not know the cause yet, in the words of logs and of programs; `--symptom` finds the page by them. */
  readonly symptoms?: readonly string[];
  readonly author: {
    /** Who ends the connection, the usual one first. */
    readonly who: readonly [Author, ...Author[]];
    readonly text: string;
  };
  readonly mechanism: readonly Paragraph[];
  /** Lines of at most 76 columns. */
  readonly drawing: readonly string[];
  /** In the order in which to do them: the first that says no spares the rest. */
  readonly howToConfirm: readonly ConfirmStep[];
  readonly lookAlikes: readonly LookAlike[];
  readonly fixes: readonly Fix[];
  readonly sources: readonly Source[];
}
