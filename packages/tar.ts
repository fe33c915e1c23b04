import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import { extract, type Header, pack } from 'tar-stream';

/** What an archive holds. The folders above an entry come by themselves. */
export type Entry =
  | { readonly path: string; readonly content: Buffer; readonly executable?: boolean }
  | { readonly path: string; readonly link: string }
  | { readonly path: string; readonly folderMode: number };

/** Bytes, and the digest that names them in an image. */
export interface Blob {
  readonly digest: string;
  readonly bytes: Buffer;
}

/** A compressed layer of an image. */
export interface Layer extends Blob {
  /** The digest of what was compressed. */
  readonly diffId: string;
}

export const sha256 = (bytes: string | Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export const blob = (bytes: Buffer): Blob => ({ digest: sha256(bytes), bytes });

export async function layer(entries: readonly Entry[]): Promise<Layer> {
  const tar = await writeTar(entries);
  // Node's zlib leaves time and file name out of the header, and compresses to the same bytes on amd64 and arm64.
  const bytes = await promisify(gzip)(tar, { level: 9 });
  return { ...blob(bytes), diffId: sha256(tar) };
}

/** The same entries make the same bytes: sorted, owned by root, from 1970, whatever order they come in. */
export async function writeTar(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  const bytes = buffer(archive);
  for (const entry of withFolders(entries)) {
    archive.entry({ ...headerOf(entry), uid: 0, gid: 0, mtime: new Date(0) }, 'content' in entry ? entry.content : '');
  }
  archive.finalize();
  return bytes;
}

function headerOf(entry: Entry): Pick<Header, 'name' | 'mode' | 'type'> & { linkname?: string } {
  if ('link' in entry) return { name: entry.path, type: 'symlink', linkname: entry.link, mode: 0o777 };
  if ('folderMode' in entry) return { name: `${entry.path}/`, type: 'directory', mode: entry.folderMode };
  return { name: entry.path, type: 'file', mode: entry.executable ? 0o755 : 0o644 };
}

function withFolders(entries: readonly Entry[]): Entry[] {
  const all = new Map<string, Entry>();
  for (const entry of entries) {
    if (all.has(entry.path)) throw new Error(`two entries of one archive are called ${entry.path}`);
    all.set(entry.path, entry);
  }
  const folders = new Set(entries.flatMap(({ path }) => parents(path)));
  for (const path of folders) if (!all.has(path)) all.set(path, { path, folderMode: 0o755 });
  return [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** `usr/lib/x` → `usr`, `usr/lib` */
const parents = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, i, all) => all.slice(0, i + 1).join('/'));

/** The files and symbolic links of an archive, compressed or not, whose path passes; without a leading `./`. */
export async function readTar(bytes: Buffer, wanted: (path: string) => boolean = () => true): Promise<Entry[]> {
  const source = Readable.from([bytes]);
  const archive = extract();
  const isGzip = bytes.readUInt16BE(0) === 0x1f8b;
  (isGzip ? source.pipe(createGunzip().on('error', (error) => archive.destroy(error))) : source).pipe(archive);
  const entries: Entry[] = [];
  for await (const entry of archive) {
    const { name, type, linkname, mode = 0 } = entry.header;
    const path = name.replace(/^\.\//, '');
    if (type === 'symlink' && wanted(path)) entries.push({ path, link: linkname ?? '' });
    const content = type === 'file' && wanted(path) ? await buffer(entry) : undefined;
    if (content) entries.push({ path, content, executable: (mode & 0o100) !== 0 });
    else entry.resume();
  }
  return entries;
}
