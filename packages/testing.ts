import type { Linkage } from './elf.ts';

const HEADER_SIZE = 64;
const SEGMENT_SIZE = 56;

/** The least of a 64-bit ELF file that asks for these libraries, loaded at an address of its own. */
export function elfFile({ interpreter, needed }: Linkage): Buffer {
  const strings = Buffer.from(['', ...needed, interpreter ?? ''].map((name) => `${name}\0`).join(''));
  const offsetOf = (name: string): number => strings.indexOf(`\0${name}\0`) + 1;
  const segments = interpreter ? 3 : 2;
  const stringsAt = HEADER_SIZE + segments * SEGMENT_SIZE;
  const dynamicAt = stringsAt + strings.length;
  const address = 0x400000;
  // The list may be longer than what its end marks.
  const dynamic = [...needed.map((name) => [1, offsetOf(name)]), [5, address + stringsAt], [0, 0], [1, 0]];
  const size = dynamicAt + dynamic.length * 16;
  return Buffer.concat([
    header(segments),
    segment(1, 0, address, size),
    segment(2, dynamicAt, address + dynamicAt, dynamic.length * 16),
    ...(interpreter ? [segment(3, stringsAt + offsetOf(interpreter), 0, interpreter.length + 1)] : []),
    strings,
    ...dynamic.flat().map(uint64),
  ]);
}

function header(segments: number): Buffer {
  const bytes = Buffer.alloc(HEADER_SIZE);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  bytes.writeBigUInt64LE(BigInt(HEADER_SIZE), 32);
  bytes.writeUInt16LE(SEGMENT_SIZE, 54);
  bytes.writeUInt16LE(segments, 56);
  return bytes;
}

const segment = (type: number, offset: number, address: number, size: number): Buffer =>
  Buffer.concat([type, offset, address, 0, size, size, 0].map(uint64));

function uint64(value: number | undefined): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value ?? 0));
  return bytes;
}
