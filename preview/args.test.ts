import { describe, expect, test } from 'vitest';
import { HELP, readArgs } from './args.ts';

describe('what is asked for', () => {
  test.each([
    { argv: ['examples/canary'], want: { command: 'play', paths: ['examples/canary'], format: 'tree', outages: [] } },
    {
      argv: ['-o', 'yaml', 'a', '--until', '3', 'b'],
      want: { command: 'play', paths: ['a', 'b'], format: 'yaml', until: 3, outages: [] },
    },
    { argv: ['--output=json', '-'], want: { command: 'play', paths: ['-'], format: 'json', outages: [] } },
    {
      argv: ['-o', 'html', '--fail', 'cluster=us,eu', '--fail', 'engines=us', '--fail=cluster=us', 'a'],
      want: {
        command: 'play',
        paths: ['a'],
        format: 'html',
        outages: [
          { what: 'cluster', site: 'us' },
          { what: 'cluster', site: 'eu' },
          { what: 'engines', site: 'us' },
        ],
      },
    },
    {
      argv: ['--single', 'xr.yaml'],
      want: { command: 'single', xr: 'xr.yaml', observed: [], required: [], format: 'yaml' },
    },
    {
      argv: ['--single', 'xr.yaml', '--observed', 'a', '--required', 'b', '--required', 'c', '-o', 'json'],
      want: { command: 'single', xr: 'xr.yaml', observed: ['a'], required: ['b', 'c'], format: 'json' },
    },
    { argv: ['--help', 'a'], want: { command: 'help' } },
    { argv: ['-h'], want: { command: 'help' } },
  ])('$argv', ({ argv, want }) => expect(readArgs(argv)).toEqual(want));
});

describe('what cannot be meant is one sentence', () => {
  test.each([
    { argv: [], want: 'give a file or a folder of manifests, such as examples/canary' },
    { argv: ['-o', 'svg', 'a'], want: '--output must be tree, html, yaml, json, not svg' },
    { argv: ['--fail', 'us', 'a'], want: '--fail must be cluster=NAME or engines=NAME, not us' },
    { argv: ['--fail', 'pod=us', 'a'], want: '--fail must be cluster=NAME or engines=NAME, not pod=us' },
    { argv: ['--fail', 'cluster=', 'a'], want: '--fail must be cluster=NAME or engines=NAME, not cluster=' },
    { argv: ['--fail', 'cluster=us,', 'a'], want: '--fail must be cluster=NAME or engines=NAME, not cluster=us,' },
    { argv: ['--fail', 'cluster=us=eu', 'a'], want: '--fail must be cluster=NAME or engines=NAME, not cluster=us=eu' },
    { argv: ['--until', '0', 'a'], want: '--until must be 1 or more rounds, not 0' },
    { argv: ['--until', 'many', 'a'], want: '--until must be 1 or more rounds, not many' },
    { argv: ['--observed', 'x', 'a'], want: '--observed and --required belong to --single' },
    { argv: ['--single', 'x', 'y'], want: '--single takes one composite; give y by --observed or --required' },
    { argv: ['--single', 'x', '-o', 'tree'], want: '--single prints yaml or json, not tree' },
    { argv: ['--single', 'x', '-o', 'html'], want: '--single prints yaml or json, not html' },
    { argv: ['--single', 'x', '--fail', 'cluster=a'], want: '--single is one reconcile, so --fail does not apply' },
    { argv: ['--single', 'x', '--until', '1'], want: '--single is one reconcile, so --until does not apply' },
    { argv: ['--colour', 'a'], want: expect.stringContaining("Unknown option '--colour'") },
    { argv: ['a', '--single'], want: expect.stringContaining("'--single <value>' argument missing") },
  ])('$argv', ({ argv, want }) => expect(readArgs(argv)).toEqual({ command: 'wrong', message: want }));
});

test('the help fits a terminal, and names every option', () => {
  expect(Math.max(...HELP.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  for (const option of ['--output', '--until', '--fail', '--help', '--single', '--observed', '--required'])
    expect(HELP).toContain(option);
});
