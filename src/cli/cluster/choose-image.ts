// Which image pods are started from: the flag's, else the environment's, else the release's own.
import { existsSync, readFileSync } from 'node:fs';
import { Problem } from '../../model/problem.ts';

export interface ChosenImage {
  readonly image: string;
  /** Where it was named, for a sentence that says that it cannot be pulled. */
  readonly from: string;
}

/**
 * Throws a `usage` Problem where nobody names one, as in a checkout.
 * @param target The Dockerfile's.
 */
export function chooseImage(flag: string | undefined, target: 'netdebug' | 'observer'): ChosenImage {
  if (flag !== undefined) return { image: flag, from: 'named by --image' };
  const named = process.env['NETDEBUG_IMAGE'] ?? '';
  if (named !== '') return { image: named, from: 'named by NETDEBUG_IMAGE' };
  const own = releaseImages()[target];
  if (own !== undefined) return { image: own, from: 'the release’s own' };
  throw new Problem(
    'usage',
    'Name the image that the nodes are to pull with --image or NETDEBUG_IMAGE: only a release has one of its own (docs/cluster.md says how to build it).',
  );
}

/** As the release was built; none in a checkout. */
function releaseImages(): { readonly netdebug?: string; readonly observer?: string } {
  const build = new URL('../../build.json', import.meta.url);
  if (!existsSync(build)) return {};
  const { images } = JSON.parse(readFileSync(build, 'utf8')) as { images?: ReturnType<typeof releaseImages> };
  return images ?? {};
}
