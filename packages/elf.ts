/** What the dynamic linker is asked for by a program or a shared library. */
export interface Linkage {
  /** The linker that starts a program; none in a library. */
  readonly interpreter?: string;
  /** The libraries that it needs, by soname. */
  readonly needed: readonly string[];
}

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NULL = 0;
const DT_NEEDED = 1;
const DT_STRTAB = 5;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** Reads a 64-bit little-endian ELF file, which is what both amd64 and arm64 have (System V ABI, gABI chapter 5). */
export function readLinkage(elf: Buffer): Linkage {
  if (elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2 || elf[5] !== 1) {
    throw new Error('not a 64-bit little-endian ELF file');
  }
  const segments = readSegments(elf);
  const interp = segments.find(({ type }) => type === PT_INTERP);
  const dynamic = readDynamic(elf, segments);
  const strings = fileOffset(segments, dynamic.find(({ tag }) => tag === DT_STRTAB)?.value ?? 0);
  return {
    ...(interp && { interpreter: cString(elf, interp.offset) }),
    needed: dynamic.filter(({ tag }) => tag === DT_NEEDED).map(({ value }) => cString(elf, strings + value)),
  };
}

function readSegments(elf: Buffer): Segment[] {
  const table = Number(elf.readBigUInt64LE(32));
  const entrySize = elf.readUInt16LE(54);
  return Array.from({ length: elf.readUInt16LE(56) }, (_, i) => {
    const at = table + i * entrySize;
    const field = (offset: number): number => Number(elf.readBigUInt64LE(at + offset));
    return { type: elf.readUInt32LE(at), offset: field(8), address: field(16), size: field(32) };
  });
}

function readDynamic(elf: Buffer, segments: readonly Segment[]): { tag: number; value: number }[] {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  const entries = Array.from({ length: (dynamic?.size ?? 0) / 16 }, (_, i) => {
    const at = (dynamic?.offset ?? 0) + i * 16;
    return { tag: Number(elf.readBigInt64LE(at)), value: Number(elf.readBigUInt64LE(at + 8)) };
  });
  const end = entries.findIndex(({ tag }) => tag === DT_NULL);
  return end === -1 ? entries : entries.slice(0, end);
}

/** The dynamic section names addresses in memory; a loaded segment tells where in the file that is. */
function fileOffset(segments: readonly Segment[], address: number): number {
  const segment = segments.find((s) => s.type === PT_LOAD && s.address <= address && address < s.address + s.size);
  return segment ? address - segment.address + segment.offset : 0;
}

const cString = (elf: Buffer, start: number): string => elf.toString('latin1', start, elf.indexOf(0, start));
