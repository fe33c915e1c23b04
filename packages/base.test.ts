import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { libraries } from './base.ts';
import type { Entry } from './tar.ts';
import { elfFile } from './testing.ts';

const LINKER = '/lib64/ld-linux-x86-64.so.2';
const LIB = 'lib/x86_64-linux-gnu';

const node: readonly Entry[] = [
  { path: 'usr/local/bin/node', content: elfFile({ interpreter: LINKER, needed: ['libstdc++.so.6', 'libc.so.6'] }) },
];

const libc = elfFile({ needed: ['ld-linux-x86-64.so.2'] });
const libstdcxx = elfFile({ needed: ['libgcc_s.so.1', 'libc.so.6'] });
const libgcc = elfFile({ needed: ['libc.so.6'] });
const linker = elfFile({ needed: [] });

const debian: readonly Entry[] = [
  { path: `${LIB}/ld-linux-x86-64.so.2`, content: linker, executable: true },
  { path: `${LIB}/libc.so.6`, content: libc, executable: true },
  { path: `${LIB}/libgcc_s.so.1`, content: libgcc },
  { path: `${LIB}/libresolv.so.2`, content: libc },
  { path: `usr/${LIB}/libstdc++.so.6`, link: 'libstdc++.so.6.0.30' },
  { path: `usr/${LIB}/libstdc++.so.6.0.30`, content: libstdcxx },
  { path: 'usr/share/gdb/auto-load/libgcc_s.so.1', content: Buffer.from('not a library') },
];

describe('libraries', () => {
  test('are those that Node needs, those that they need, and the linker where Node looks for it', () => {
    expect(libraries(node, debian)).toEqual([
      { path: `usr/${LIB}/libstdc++.so.6`, content: libstdcxx },
      { path: `${LIB}/libc.so.6`, content: libc },
      { path: `${LIB}/libgcc_s.so.1`, content: libgcc },
      { path: 'lib64/ld-linux-x86-64.so.2', content: linker, executable: true },
    ]);
  });

  test.each([
    { name: 'a library that no package has', missing: 'libgcc_s.so.1' },
    { name: 'the file behind a link', missing: 'libstdc++.so.6.0.30' },
    { name: 'the linker', missing: 'ld-linux-x86-64.so.2' },
  ])('$name stops the build', ({ missing }) => {
    const without = debian.filter(({ path }) => basename(path) !== missing);
    expect(() => libraries(node, without)).toThrow(missing);
  });
});
