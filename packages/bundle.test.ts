import { describe, expect, test } from 'vitest';
import { bundle } from './bundle.ts';
import { ROOT } from './folders.ts';
import { FUNCTIONS } from './repositories.ts';

describe('bundle', () => {
  test.each(FUNCTIONS)('%s becomes one file with its map and licences, and none names this machine', async (name) => {
    const files = await bundle(`functions/${name}/main.ts`);
    expect(files.map(({ path }) => path).sort()).toEqual([
      'function/main.cjs',
      'function/main.cjs.map',
      'usr/share/doc/function/LICENSE',
      'usr/share/doc/function/THIRD-PARTY-LICENSES',
    ]);
    expect(files.filter((file) => 'content' in file && file.content.includes(ROOT))).toEqual([]);
  });

  test('what cannot be bundled is named', async () => {
    await expect(bundle('functions/compose-nothing/main.ts')).rejects.toThrow(
      'cannot bundle functions/compose-nothing/main.ts: ',
    );
  });
});
