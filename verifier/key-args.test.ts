import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { run } from '../cli/program.ts';

/** What the command line prints, and how it ends. */
async function modelplane(...argv: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await run(argv, { stdout, stderr });
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
}

describe('modelplane key', () => {
  test('prints a key and its entry, and writes nothing, with --dry-run', async () => {
    const { code, stdout } = await modelplane(
      ...['key', 'new', 'alice', '--dry-run', '--service', 'qwen', '--service', 'llama'],
      ...['--expires', '2027-12-31T00:00:00Z', '--requests-per-minute', '600'],
    );
    expect(code).toBe(0);
    const [key = '', , said, , entry = ''] = stdout.split('\n');
    expect(key).toMatch(/^mpk_[\w-]{43}$/);
    expect(said).toBe('It is shown this once. Its entry for an access list, which holds its hash:');
    expect(entry).toMatch(
      /^ {2}alice: '\{"keyHash":"sha256:[0-9a-f]{64}","services":\["qwen","llama"\],"expires":"2027-12-31T00:00:00Z","limits":\{"requestsPerMinute":600\}\}'$/,
    );
  });

  test.each([
    { name: 'a mistyped command', argv: ['nwe', 'alice'], says: 'Did you mean new?' },
    { name: 'a mistyped option', argv: ['new', 'alice', '--servcie', 'a'], says: 'Did you mean --service?' },
    { name: 'no caller', argv: ['new'], says: "missing required argument 'caller'" },
    { name: 'two callers', argv: ['revoke', 'alice', 'bob'], says: 'too many arguments' },
    { name: 'a limit that is none', argv: ['new', 'alice', '--requests-per-minute', '0'], says: '1 or more requests' },
  ])('$name is wrong usage', async ({ argv, says }) => {
    const { code, stderr } = await modelplane('key', ...argv);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) });
  });
});
