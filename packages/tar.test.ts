import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { extract, type Header } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { type Entry, layer, readTar, sha256, writeTar } from './tar.ts';

const ENTRIES: readonly Entry[] = [
  { path: 'usr/local/bin/node', content: Buffer.from('node'), executable: true },
  { path: 'etc/os-release', link: '../usr/lib/os-release' },
  { path: 'etc/passwd', content: Buffer.from('root') },
  { path: 'tmp', folderMode: 0o1777 },
];

async function headers(tar: Buffer): Promise<Header[]> {
  const found: Header[] = [];
  const archive = extract();
  archive.end(tar);
  for await (const entry of archive) {
    found.push(entry.header);
    entry.resume();
  }
  return found;
}

describe('writeTar', () => {
  test('folders come before what is in them, and only what must be run can be run', async () => {
    const found = (await headers(await writeTar(ENTRIES))).map(({ name, type, mode, linkname, size }) => ({
      name,
      type,
      mode: mode.toString(8),
      ...(linkname && { linkname }),
      ...(size > 0 && { size }),
    }));
    expect(found).toEqual([
      { name: 'etc/', type: 'directory', mode: '755' },
      { name: 'etc/os-release', type: 'symlink', mode: '777', linkname: '../usr/lib/os-release' },
      { name: 'etc/passwd', type: 'file', mode: '644', size: 4 },
      { name: 'tmp/', type: 'directory', mode: '1777' },
      { name: 'usr/', type: 'directory', mode: '755' },
      { name: 'usr/local/', type: 'directory', mode: '755' },
      { name: 'usr/local/bin/', type: 'directory', mode: '755' },
      { name: 'usr/local/bin/node', type: 'file', mode: '755', size: 4 },
    ]);
  });

  test('nothing in it tells who wrote it or when', async () => {
    const owners = (await headers(await writeTar(ENTRIES))).map(({ uid, gid, uname, gname, mtime }) => ({
      uid,
      gid,
      uname,
      gname,
      mtime,
    }));
    expect(new Set(owners.map((owner) => JSON.stringify(owner)))).toEqual(
      new Set([JSON.stringify({ uid: 0, gid: 0, uname: '', gname: '', mtime: new Date(0) })]),
    );
  });

  test('the same entries make the same bytes in any order', async () => {
    const { digest, diffId } = await layer(ENTRIES);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...ENTRIES], { minLength: ENTRIES.length }), async (shuffled) => {
        expect(await layer(shuffled)).toMatchObject({ digest, diffId });
      }),
      { numRuns: 20 },
    );
  });

  test('two entries of one path are refused', async () => {
    const twice = [...ENTRIES, { path: 'etc/passwd', content: Buffer.from('other') }];
    await expect(writeTar(twice)).rejects.toThrow('two entries of one archive are called etc/passwd');
  });
});

describe('layer', () => {
  test('is named after its compressed bytes, and its diffId after what they unpack to', async () => {
    const { digest, diffId, bytes } = await layer(ENTRIES);
    expect({ digest, diffId }).toEqual({ digest: sha256(bytes), diffId: sha256(await writeTar(ENTRIES)) });
  });
});

describe('readTar', () => {
  test.each([
    { name: 'reads what writeTar wrote, without the folders', pack: (tar: Buffer) => tar },
    { name: 'unpacks gzip by itself', pack: (tar: Buffer) => gzipSync(tar) },
  ])('$name', async ({ pack }) => {
    const read = await readTar(pack(await writeTar(ENTRIES)));
    expect(read).toEqual([
      { path: 'etc/os-release', link: '../usr/lib/os-release' },
      { path: 'etc/passwd', content: Buffer.from('root'), executable: false },
      { path: 'usr/local/bin/node', content: Buffer.from('node'), executable: true },
    ]);
  });

  test('leaves out what is not wanted', async () => {
    const read = await readTar(await writeTar(ENTRIES), (path) => path.startsWith('usr/'));
    expect(read.map(({ path }) => path)).toEqual(['usr/local/bin/node']);
  });

  test('says so when the compressed bytes are broken', async () => {
    const broken = gzipSync(await writeTar(ENTRIES)).subarray(0, 60);
    await expect(readTar(broken)).rejects.toThrow('unexpected end of file');
  });
});
