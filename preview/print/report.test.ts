import { describe, expect, test } from 'vitest';
import { condition } from '#shared/conditions.ts';
import { play } from '../play.ts';
import { begunWith, testApi, testFunction, testWorld } from '../testing.ts';
import { columns, wrap } from './page.ts';
import { report } from './report.ts';
import { PLAIN } from './styles.ts';

const SHOP = 'shop.example.org/v1';
const PAGE = { width: 60, styles: PLAIN };

const secret = (name: string, ready: boolean) => ({
  resource: { apiVersion: 'v1', kind: 'Secret', metadata: { name } },
  ready,
});
const remote = (name: string, provider: string) => ({
  resource: {
    apiVersion: 'kubernetes.m.crossplane.io/v1alpha1',
    kind: 'Object',
    metadata: { name },
    spec: {
      providerConfigRef: { name: provider },
      forProvider: { manifest: { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'there' } } },
    },
  },
  ready: true,
});
const shelf = { resource: { apiVersion: SHOP, kind: 'Shelf', metadata: { name: 's' }, spec: {} }, ready: true };

function printed(compose: Parameters<typeof testFunction>[0], { until = 10, styles = PLAIN } = {}): string {
  const world = testWorld([testApi('Shop', { 'x-kubernetes-preserve-unknown-fields': true }), testApi('Shelf')], {
    'compose-shop': testFunction(compose),
    'compose-shelf': testFunction(() => ({ desired: { one: secret('below', true) } })),
  });
  const state = begunWith(world, `{apiVersion: ${SHOP}, kind: Shop, metadata: {name: a, namespace: ns}, spec: {}}`);
  return report(play(state, { until }), { ...PAGE, styles });
}

describe('the tree', () => {
  test('shows who composes what, with what is on other clusters last', () => {
    expect(
      printed(() => ({ desired: { a: remote('far', 'us'), b: secret('near', true), c: shelf } })),
    ).toBe(`✓ Shop ns/a
├─ ✓ Secret ns/near
├─ ✓ Shelf ns/s
│  └─ ✓ Secret ns/below
└─ ✓ Secret there/far  on us

Settled after 2 rounds of reconciles. Played by stand-ins:
provider-kubernetes (reaches every cluster, where all
becomes ready at once).
`);
  });

  test('says why something is not ready, in lines that fit', () => {
    const waiting = condition(
      'RoutingReady',
      'False',
      'WaitingForGateway',
      'There is no InferenceGateway; the platform team creates one.',
    );
    const good = condition('EndpointsResolved', 'True', 'Resolved', 'All is well.');
    expect(
      printed(() => ({ desired: { one: secret('x', false) }, conditions: [good, waiting], ready: false })),
    ).toBe(`… Shop ns/a
│  RoutingReady WaitingForGateway: There is no
│  InferenceGateway; the platform team creates one.
└─ … Secret ns/x

Settled after 2 rounds of reconciles.
`);
  });

  test('shows a notice only while there is something to notice', () => {
    const raised = condition('VersionRaised', 'True', 'BelowSafeFloor', 'Raised.');
    const declared = condition('VersionRaised', 'False', 'AsDeclared', 'As declared.');
    expect(printed(() => ({ conditions: [raised] }))).toContain('VersionRaised BelowSafeFloor: Raised.');
    expect(printed(() => ({ conditions: [declared] }))).not.toContain('VersionRaised');
  });

  test('shows what Crossplane could not do', () => {
    const nowhere = { resource: { apiVersion: 'nowhere.org/v1', kind: 'Thing', metadata: { name: 'x' } }, ready: true };
    expect(printed(() => ({ desired: { x: nowhere } }))).toContain(`✗ Shop ns/a
   cannot compose resources: cannot apply composed resource
   "x": no matches for kind "Thing" in version
   "nowhere.org/v1"
`);
  });

  test('says a refusal once, and that of what', () => {
    const refused = { reason: 'InvalidURL', problem: 'use spec.url' } as const;
    expect(printed(() => ({ refused }))).toContain(`✗ Shop ns/a
   SpecAccepted InvalidURL: Cannot use spec.url. What was
   accepted before goes on.
`);
  });

  test('that was stopped says what was still changing', () => {
    expect(printed(() => ({ desired: { one: secret('x', true) } }), { until: 1 })).toContain(
      'Stopped after 1 round of reconciles; still changing: ',
    );
  });

  test('is coloured by what it means', () => {
    const styles = {
      ...PLAIN,
      good: (text: string) => `<good>${text}</good>`,
      wait: (text: string) => `<wait>${text}</wait>`,
      strong: (text: string) => `<b>${text}</b>`,
    };
    const text = printed(() => ({ desired: { one: secret('x', false), two: secret('y', true) } }), { styles });
    expect(text).toContain(
      '<good>✓</good> <b>Shop ns/a</b>\n├─ <wait>…</wait> Secret ns/x\n└─ <good>✓</good> Secret ns/y',
    );
  });
});

describe('text on a page', () => {
  test.each([
    {
      name: 'breaks between words',
      text: 'one two three four',
      width: 23,
      indent: '   ',
      want: ['   one two three four'],
    },
    {
      name: 'begins every line with the indent',
      text: 'eleven letters and some more words',
      width: 25,
      indent: '| ',
      want: ['| eleven letters and some', '| more words'],
    },
    {
      name: 'leaves a long word whole',
      text: 'see https://example.com/a/very/long/path now',
      width: 25,
      indent: '',
      want: ['see', 'https://example.com/a/very/long/path', 'now'],
    },
    {
      name: 'does not count colours',
      text: '\u001b[31mred\u001b[39m and more words to say',
      width: 22,
      indent: '',
      want: ['\u001b[31mred\u001b[39m and more words to', 'say'],
    },
  ])('$name', ({ text, width, indent, want }) => expect(wrap(text, width, indent)).toEqual(want));

  test('columns are as wide as their widest cell, and end with the text', () => {
    expect(
      columns([
        ['a', 'long one', 'x'],
        ['bbb', '', 'y'],
        ['c', 'd', ''],
      ]),
    ).toEqual(['a    long one  x', 'bbb            y', 'c    d']);
  });
});
