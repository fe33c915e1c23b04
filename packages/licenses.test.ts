import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder, writeWhole } from './folders.ts';
import { bundledPackages, licenses } from './licenses.ts';

const output = (inputs: Record<string, number>) => ({
  bytes: 1,
  imports: [],
  exports: [],
  inputs: Object.fromEntries(Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }])),
});

describe('bundledPackages', () => {
  test('are those with a byte in the bundle, once each, by folder', () => {
    const outputs = {
      'function/main.cjs': output({
        'functions/compose-model-service/main.ts': 90,
        'node_modules/pino/pino.js': 10,
        'node_modules/pino/lib/time.js': 10,
        'node_modules/@grpc/grpc-js/build/src/index.js': 10,
        'node_modules/pino/node_modules/long/index.js': 10,
        'node_modules/lodash.camelcase/index.js': 0,
      }),
      'function/main.cjs.map': output({}),
    };
    expect(bundledPackages({ outputs })).toEqual([
      'node_modules/@grpc/grpc-js',
      'node_modules/pino',
      'node_modules/pino/node_modules/long',
    ]);
  });
});

describe('licenses', () => {
  const packages: Record<string, Record<string, string>> = {
    long: {
      'package.json': '{"name": "long", "version": "5.3.2", "license": "Apache-2.0", "author": {"name": "A. Uthor"}}',
      LICENSE: '\nApache License\n',
      NOTICE: 'A notice.',
      'index.js': '',
    },
    merge: { 'package.json': '{"name": "merge", "version": "8.0.0", "license": "ISC", "author": "B. Uthor"}' },
    secret: { 'package.json': '{"name": "secret", "version": "1.0.0"}' },
  };

  async function licensesOf(...folders: string[]): Promise<string> {
    await using root = await temporaryFolder('licenses-test');
    for (const folder of folders) {
      for (const [file, text] of Object.entries(packages[folder] ?? {})) {
        await writeWhole(join(root.path, folder, file), text);
      }
    }
    return (await licenses(root.path, folders)).toString();
  }

  test('quote every licence and notice, and what a package without one declares', async () => {
    const line = '-'.repeat(80);
    expect(await licensesOf('long', 'merge')).toBe(
      `long 5.3.2\nLicense: Apache-2.0\nAuthor: A. Uthor\n\nApache License\n\nA notice.\n\n${line}\n\n` +
        'merge 8.0.0\nLicense: ISC\nAuthor: B. Uthor\n',
    );
  });

  test('stop the build at a package that states none', async () => {
    await expect(licensesOf('long', 'secret')).rejects.toThrow('cannot ship secret 1.0.0: it states no licence.');
  });
});
