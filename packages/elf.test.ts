import { describe, expect, test } from 'vitest';
import { readLinkage } from './elf.ts';
import { elfFile } from './testing.ts';

describe('readLinkage', () => {
  test.each([
    {
      name: 'a program names the linker that starts it and its libraries, in order, up to the end of its list',
      linkage: { interpreter: '/lib64/ld-linux-x86-64.so.2', needed: ['libstdc++.so.6', 'libc.so.6'] },
    },
    { name: 'a library has no linker', linkage: { needed: ['libc.so.6'] } },
    { name: 'a library may need nothing', linkage: { needed: [] } },
  ])('$name', ({ linkage }) => {
    expect(readLinkage(elfFile(linkage))).toEqual(linkage);
  });

  test('what is no 64-bit ELF file is refused', () => {
    expect(() => readLinkage(Buffer.from('#!/bin/sh\n'))).toThrow('not a 64-bit little-endian ELF file');
  });
});
