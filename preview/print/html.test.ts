import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readApis } from '../apis.ts';
import { begin } from '../begin.ts';
import { FUNCTIONS } from '../functions.ts';
import { loadManifests } from '../load.ts';
import type { Outage } from '../outage.ts';
import { play } from '../play.ts';
import { begunWith, testApi, testFunction, testWorld } from '../testing.ts';
import { withOutages } from '../world.ts';
import { drawEdit, drawFailure, drawing } from './html.ts';
import { html } from './markup.ts';

const ROOT = join(import.meta.dirname, '..', '..');

function played(folder: string) {
  const begun = begin(
    { apis: readApis(join(ROOT, 'apis')), functions: FUNCTIONS },
    loadManifests([join(ROOT, folder)]).manifests,
  );
  if (!begun.ok) throw new Error(`${folder} is refused`);
  return play(begun.state);
}

function failed(folder: string, outage: Outage): string {
  const before = played(folder);
  return drawFailure({ before, after: play(withOutages(before.state, [outage])) });
}

/** Who is on the cards of a page, with the share, what it was, and how many are drawn as a band. */
function drawn(page: string) {
  const cards = page.matchAll(
    /<div class="percent">([^<]*)(?:<small>([^<]*)<\/small>)?[\s\S]*?<strong>([^<]*)<\/strong>/g,
  );
  return {
    cards: [...cards].map(([, percent, was, name]) => [name, percent, ...(was === undefined ? [] : [was])].join(' ')),
    bands: page.match(/<path /g)?.length ?? 0,
  };
}

/** Elements that are opened and not closed, or closed and not opened. */
function unbalanced(page: string): string[] {
  const open: string[] = [];
  for (const [tag, closing, name = '', own] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
    if (own === '/' || ['meta', 'wbr'].includes(name)) continue;
    if (closing === '') open.push(name);
    else if (open.pop() !== name) return [...open, tag];
  }
  return open;
}

describe('the page draws', () => {
  test.each([
    {
      name: 'a split',
      page: () => drawing(played('examples/canary')),
      want: { cards: ['stable on us-east 90%', 'canary on eu-west 10%'], bands: 2 },
    },
    {
      name: 'a share that nobody serves',
      page: () => drawing(played('preview/golden/held-share')),
      want: { cards: ['stable 90%', 'nobody 10%'], bands: 2 },
    },
    {
      name: 'no share of a route that the front door refuses',
      page: () => drawing(played('preview/golden/namespace-not-let-in')),
      want: { cards: [], bands: 0 },
    },
    {
      name: 'the same people before and after a failure',
      page: () => failed('examples/failover-to-groq', { what: 'engines', site: 'gpu' }),
      want: {
        cards: ['default on gpu 100%', 'groq 0%', 'default on gpu 0% (was 100%)', 'groq 100% (was 0%)'],
        bands: 2,
      },
    },
    {
      name: 'no share before of a path that is new',
      page: () => drawEdit({ before: played('examples/quickstart'), after: played('examples/two-teams') }),
      want: { cards: ['default on gpu 100%', 'default on shared 100%', 'default on shared 100%'], bands: 3 },
    },
  ])('$name', ({ page, want }) => {
    const text = page();
    expect(drawn(text)).toEqual(want);
    expect(unbalanced(text)).toEqual([]);
  });

  test('why a route is not served, and what to do about a service without one', () => {
    expect(drawing(played('preview/golden/namespace-not-let-in'))).toContain(
      'not served by the front door: NotAllowedByListeners',
    );
    const none = drawing(played('preview/golden/no-front-door'));
    expect(none).toContain('No path is routed.');
    expect(none).toContain('<b class="wait">WaitingForGateway</b>: There is no InferenceGateway;');
  });

  test('what a failure leaves unknown, and what is not ready for it', () => {
    const unreached = failed('examples/canary', { what: 'cluster', site: 'us-east' });
    expect(unreached).toContain('<span class="badge wait">Unknown, last seen 3 of 3 replicas</span>');
    expect(unreached).toContain(
      'Serves if its gateway answers; else the front door tries again, until it comes to canary on eu-west',
    );
    expect(unreached).toContain('placement stable on us-east: Ready → <b class="wait">Unknown</b>');
    const withoutEngines = failed('examples/canary', { what: 'engines', site: 'us-east' });
    expect(withoutEngines).toContain('<span class="badge wait">NotReady, 0 of 3 replicas</span>');
    expect(withoutEngines).toContain('<details open>');
  });
});

test('the page needs nothing else, and runs nothing', () => {
  const page = drawing(played('examples/canary'));
  expect(page).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|\bhref=|\bon[a-z]+=|@import|url\(/i);
  expect(page).toContain('@media (prefers-color-scheme: dark)');
});

describe('text', () => {
  test('is escaped wherever it goes', () => {
    const text = `<b title='x' id="y">&</b>`;
    expect(html`<p title="${text}">${text}</p>`.markup).toBe(
      `<p title="${'&#60;b title=&#39;x&#39; id=&#34;y&#34;&#62;&#38;&#60;/b&#62;'}">&#60;b title=&#39;x&#39; id=&#34;y&#34;&#62;&#38;&#60;/b&#62;</p>`,
    );
  });

  test('that a function says is no markup', () => {
    const world = testWorld([testApi('Shop')], {
      'compose-shop': testFunction(() => ({ refused: { reason: 'NotAllowed', problem: '<script>alert(1)</script>' } })),
    });
    const state = begunWith(
      world,
      '{apiVersion: shop.example.org/v1, kind: Shop, metadata: {name: a, namespace: ns}, spec: {}}',
    );
    const page = drawing(play(state));
    expect(page).toContain('<b class="bad">NotAllowed</b>: Cannot &#60;script&#62;alert(1)&#60;/script&#62;.');
    expect(page).not.toContain('<script');
  });
});
