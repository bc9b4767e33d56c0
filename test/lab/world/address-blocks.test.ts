// Worlds that share no address: which address stands for which, and that no scenario in any form keeps one of another block.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setupOf } from '../../../src/experiment/lab-settings.ts';
import { combinations } from '../../../src/lab/scenarios/combinations.ts';
import { scenarios } from '../../../src/lab/scenarios/index.ts';
import { addressBlocks, addressesInBlock, inAddressBlock } from '../../../src/lab/world/address-blocks.ts';
import { dryRunScript } from '../../../src/lab/world/dry-run.ts';
import type { Choice, Scenario, Setup } from '../../../src/model/scenario.ts';

/** Of nodes, pods and Services. */
const address = /(?<![0-9.])10\.(?:[0-9]+\.){2}[0-9]+|fd00:10:[0-9a-f:]+/g;

describe('an address block', () => {
  it('is of other nodes, pods and Services, with everything else as it was', () => {
    assert.equal(addressesInBlock('10.44.1.21', 2), '10.84.1.21');
    assert.equal(
      addressesInBlock('-s 10.47.255.0/24 -d 10.48.14.50/32', 1),
      '-s 10.67.255.0/24 -d 10.68.14.50/32',
    );
    assert.equal(
      addressesInBlock('10.44.0.0/14,10.48.0.0/20 via 10.128.0.1', 3),
      '10.104.0.0/14,10.108.0.0/20 via 10.131.0.1',
    );
    assert.equal(
      addressesInBlock('read 10.44.0.33:33326->10.48.14.50:8080.', 2),
      'read 10.84.0.33:33326->10.88.14.50:8080.',
    );
    for (const other of [
      'v10.44.0',
      '10.44.0.1.2',
      '110.44.0.1',
      '9.10.44.0.1',
      '10.43.0.1',
      '192.0.2.1',
      '10.44',
    ]) {
      assert.equal(addressesInBlock(other, 2), other);
    }
  });

  it('0 changes nothing', () => {
    const setup = { topology: { gateway: '10.128.0.1' } };
    assert.equal(inAddressBlock(setup, 0), setup);
  });
});

describe('worlds in different blocks', () => {
  for (const scenario of scenarios) {
    for (const family of ['ipv4', 'ipv6'] as const) {
      it(`share no address of ${scenario.name} in ${family}, and are the same but for them`, () => {
        const choices = scenario.variants.flatMap(({ name }) => combinations(scenario, name));
        const forms = choices.flatMap((choice) =>
          placesOf(scenario, choice).map((server) => ({ choice, server })),
        );
        for (const { choice, server } of forms) {
          const world = { scenario: scenario.name, choice, workload: null, server, family, speed: 1 };
          const texts = addressBlocks.map((addressBlock) => everything(setupOf({ ...world, addressBlock })));
          const own = texts.map((text) => new Set(text.match(address)));
          for (const { size } of own) assert.ok(size > 5);
          const sum = own.reduce((total, { size }) => total + size, 0);
          assert.equal(new Set(own.flatMap((some) => [...some])).size, sum);
          assert.equal(new Set(texts.map((text) => text.replaceAll(address, 'ADDRESS'))).size, 1);
        }
      });
    }
  }
});

/** As data, and as the commands that are made of it. */
function everything(setup: Setup): string {
  const printed = dryRunScript(setup, { connections: 4, periodMs: 1_000, speed: 1, watch: true });
  return `${JSON.stringify(setup)}\n${printed}`;
}

function placesOf(scenario: Scenario, choice: Choice): readonly ('pod' | 'node')[] {
  const hasNodes = scenario.needsPod === undefined && scenario.setup(choice).proxies === undefined;
  return hasNodes ? ['pod', 'node'] : ['pod'];
}
