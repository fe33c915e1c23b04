import { Writable } from 'node:stream';

/** Streams that keep what is written to them, as those of a process that nobody looks at. */
export function collected(columns?: number) {
  const written = { stdout: '', stderr: '' };
  const collect = (stream: keyof typeof written) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        written[stream] += String(chunk);
        done();
      },
    });
  const stdout = Object.assign(collect('stdout'), columns === undefined ? {} : { columns });
  return { written, stdout, stderr: collect('stderr') };
}
