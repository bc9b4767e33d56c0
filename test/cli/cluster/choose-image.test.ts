// Which image an observer is started from, and that what is built knows its own.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { it } from 'node:test';
import { chooseImage } from '../../../src/cli/cluster/choose-image.ts';

it('is the flag’s, else the environment’s, else the release’s own', () => {
  assert.equal(chooseImage('flag', 'environment', 'own').image, 'flag');
  assert.equal(chooseImage(undefined, 'environment', 'own').image, 'environment');
  assert.equal(chooseImage(undefined, '', 'own').image, 'own');
  assert.equal(chooseImage(undefined, undefined, 'own').from, 'the release’s own');
  assert.throws(() => chooseImage(undefined, '', null), /--image or NETDEBUG_IMAGE/);
});

it('is put into what is built, where the release names one', async (t) => {
  const root = resolve(import.meta.dirname, '../../..');
  // Plain JavaScript, as everything that builds.
  const bundle = (await import(`${root}/scripts/bundle/own-facts.mjs`)) as {
    ownFacts(root: string): Promise<{ setup(build: object): void }>;
  };
  const built = async (image: string) => {
    process.env['NETDEBUG_RELEASE_OBSERVER_IMAGE'] = image;
    t.after(() => {
      delete process.env['NETDEBUG_RELEASE_OBSERVER_IMAGE'];
    });
    const found: string[] = [];
    (await bundle.ownFacts(root)).setup({
      onLoad({ filter }: { filter: RegExp }, load: () => { contents: string }) {
        if (filter.test(`${root}/src/cli/own-image.ts`)) found.push(load().contents.trim());
      },
    });
    return found;
  };
  assert.deepEqual(await built('registry.example/netdebug:1.0-observer'), [
    'export const ownObserverImage = "registry.example/netdebug:1.0-observer";',
  ]);
  assert.deepEqual(await built(''), ['export const ownObserverImage = null;']);
});
