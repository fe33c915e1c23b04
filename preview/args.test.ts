import { Command, CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { type Args, previewCommand } from './args.ts';

/** What was asked for, or the sentence about why it cannot be meant. */
async function readArgs(argv: readonly string[]): Promise<Args | string> {
  const read: { asked?: Args; said?: string } = {};
  const settings = new Command().exitOverride().configureOutput({
    writeErr: () => {},
    writeOut: () => {},
    outputError: (text) => {
      read.said = text.trim();
    },
  });
  const command = previewCommand(async (asked) => {
    read.asked = asked;
  }).copyInheritedSettings(settings);
  await command.parseAsync([...argv], { from: 'user' }).catch((error) => {
    if (!(error instanceof CommanderError)) throw error;
  });
  return read.asked ?? read.said ?? '';
}

const PLAY = { command: 'play', format: 'tree', outages: [], edited: [], strict: false, unfold: false, as: [] };

describe('what is asked for', () => {
  test.each([
    { argv: ['examples/canary'], want: { ...PLAY, paths: ['examples/canary'] } },
    {
      argv: ['-o', 'yaml', 'a', '--until', '3', 'b'],
      want: { ...PLAY, paths: ['a', 'b'], format: 'yaml', until: 3 },
    },
    { argv: ['--output=json', '-'], want: { ...PLAY, paths: ['-'], format: 'json' } },
    { argv: ['--strict', '--unfold', 'a'], want: { ...PLAY, paths: ['a'], strict: true, unfold: true } },
    { argv: ['a', '--then', 'b', '--then', 'c'], want: { ...PLAY, paths: ['a'], edited: ['b', 'c'] } },
    {
      argv: ['-o', 'html', '--fail', 'cluster=us,eu', '--fail', 'engines=us', '--fail=cluster=us', 'a'],
      want: {
        ...PLAY,
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
      argv: ['a', '--as', 'caller=corp:alice', '--as', 'group=corp:ml=a'],
      want: {
        ...PLAY,
        paths: ['a'],
        as: [
          { who: 'caller', name: 'corp:alice' },
          { who: 'group', name: 'corp:ml=a' },
        ],
      },
    },
    {
      argv: ['--live', '-n', 'ml-team', '--context', 'prod', 'a', 'b'],
      want: { ...PLAY, paths: [], edited: ['a', 'b'], live: { namespace: 'ml-team', context: 'prod' } },
    },
    {
      argv: ['--single', 'xr.yaml'],
      want: { command: 'single', xr: 'xr.yaml', observed: [], required: [], format: 'yaml' },
    },
    {
      argv: ['--single', 'xr.yaml', '--observed', 'a', '--required', 'b', '--required', 'c', '-o', 'json'],
      want: { command: 'single', xr: 'xr.yaml', observed: ['a'], required: ['b', 'c'], format: 'json' },
    },
  ])('$argv', async ({ argv, want }) => expect(await readArgs(argv)).toEqual(want));
});

describe('what cannot be meant is one sentence', () => {
  const fail = 'It must be cluster=NAME or engines=NAME.';
  test.each([
    { argv: [], want: 'give a file or a folder of manifests, such as examples/canary' },
    { argv: ['-o', 'svg', 'a'], want: 'It must be tree, markdown, html, yaml, json.' },
    { argv: ['-o', 'jsno', 'a'], want: 'It must be tree, markdown, html, yaml, json; did you mean json?' },
    { argv: ['--fail', 'us', 'a'], want: fail },
    { argv: ['--fail', 'pod=us', 'a'], want: fail },
    { argv: ['--fail', 'cluster=', 'a'], want: fail },
    { argv: ['--fail', 'cluster=us,', 'a'], want: fail },
    { argv: ['--fail', 'cluster=us=eu', 'a'], want: fail },
    { argv: ['--fail', 'engine=us', 'a'], want: `${fail} Did you mean engines=us?` },
    { argv: ['--as', 'alice', 'a'], want: 'It must be caller=NAME or group=ISSUER:NAME.' },
    { argv: ['--as', 'callr=alice', 'a'], want: 'Did you mean caller=alice?' },
    { argv: ['--as', 'group=ml', 'a'], want: 'A group is ISSUER:NAME.' },
    { argv: ['--as', 'caller=a', '--as', 'caller=b', 'a'], want: 'Ask for one caller at a time.' },
    { argv: ['--as', 'caller=a', '-o', 'html', 'a'], want: '--as is answered by tree, markdown or json, not by html' },
    { argv: ['--single', 'x', '--as', 'caller=a'], want: '--single is one reconcile, so --as does not apply' },
    { argv: ['--until', '0', 'a'], want: 'It must be 1 or more rounds.' },
    { argv: ['--until', 'many', 'a'], want: 'It must be 1 or more rounds.' },
    { argv: ['-n', 'ml-team', 'a'], want: '--namespace belongs to --live' },
    { argv: ['--live', 'a', '--then', 'b'], want: '--live is a question of its own' },
    { argv: ['--observed', 'x', 'a'], want: '--observed and --required belong to --single' },
    { argv: ['a', '--then', 'b', '--fail', 'cluster=c'], want: '--then and --fail are two questions' },
    { argv: ['--single', 'x', 'y'], want: '--single takes one composite; give y by --observed or --required' },
    { argv: ['--single', 'x', '-o', 'tree'], want: '--single prints yaml or json, not tree' },
    { argv: ['--single', 'x', '-o', 'html'], want: '--single prints yaml or json, not html' },
    { argv: ['--single', 'x', '--fail', 'cluster=a'], want: '--single is one reconcile, so --fail does not apply' },
    { argv: ['--single', 'x', '--until', '1'], want: '--single is one reconcile, so --until does not apply' },
    { argv: ['--single', 'x', '--strict'], want: '--single is one reconcile, so --strict does not apply' },
    { argv: ['--colour', 'a'], want: "unknown option '--colour'" },
    { argv: ['a', '--single'], want: "option '--single <file>' argument missing" },
  ])('$argv', async ({ argv, want }) => expect(await readArgs(argv)).toContain(want));
});
