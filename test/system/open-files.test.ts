import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseOpenFilesLimit, roomForConnections } from '../../src/system/open-files.ts';

const limits = (soft: string) =>
  [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max processes             95721                95721                processes ',
    `Max open files            ${soft.padEnd(20)} 1048576              files     `,
    'Max locked memory         8388608              8388608              bytes     ',
    '',
  ].join('\n');

describe('the limit of open files', () => {
  it('is the soft one, less what is needed besides connections', () => {
    assert.equal(parseOpenFilesLimit(limits('1024'), 64), 960);
    assert.equal(parseOpenFilesLimit(limits('32'), 64), 1);
  });

  it('may not exist', () => {
    assert.equal(parseOpenFilesLimit(limits('unlimited'), 64), null);
    assert.equal(parseOpenFilesLimit('', 64), null);
  });

  it('is read on this machine', { skip: process.platform !== 'linux' }, () => {
    const room = roomForConnections();
    assert.ok(room === null || room >= 1);
  });
});
