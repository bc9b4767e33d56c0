// Which image an observer's pod is started from: the flag's, else the environment's, else the release's own.
import { Problem } from '../../model/problem.ts';
import { ownObserverImage } from '../own-image.ts';

export interface ChosenImage {
  readonly image: string;
  /** Where it was named, for a sentence that says that it cannot be pulled. */
  readonly from: string;
}

/** Throws a `usage` Problem where nobody names one, as in a checkout. */
export function chooseImage(
  flag: string | undefined,
  environment: string | undefined = process.env['NETDEBUG_IMAGE'],
  own: string | null = ownObserverImage,
): ChosenImage {
  if (flag !== undefined) return { image: flag, from: 'named by --image' };
  if (environment !== undefined && environment !== '')
    return { image: environment, from: 'named by NETDEBUG_IMAGE' };
  if (own !== null) return { image: own, from: 'the release’s own' };
  throw new Problem(
    'usage',
    'Name the image that the nodes are to pull with --image or NETDEBUG_IMAGE: only a release has one of its own (docs/cluster.md says how to build it).',
  );
}
