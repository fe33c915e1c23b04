import { describe, expect } from 'vitest';
import { clientsOf } from '../clients.ts';
import { waitUntilServed } from './client.ts';
import { documented, typed } from './docs.ts';
import { test } from './inference/testing.ts';
import { applyReady, endpoint, service, to, URLS } from './objects.ts';
import { frontDoor } from './world.ts';

/** A namespace of the scenario's instead of the page's, which is made already; the clusters are those that are here. */
const typedIn = (namespace: string, command: string): Promise<string> =>
  typed(
    command
      .replace('kubectl create namespace ml-team\n', '')
      .replaceAll('ml-team', namespace)
      .replace(
        'kubectl apply -f examples/quickstart/model.yaml',
        `sed 's/ml-team/${namespace}/' examples/quickstart/model.yaml | kubectl apply -f -`,
      ),
  );

describe('the quickstart', () => {
  test('a model that needs no GPU answers curl and Python, by the commands of the page', async ({ namespace }) => {
    await typedIn(namespace, documented('quickstart.md', '5. A model', 'model.yaml'));
    await waitUntilServed(`/${namespace}/qwen`, { model: 'qwen' });
    const answer = JSON.parse(await typedIn(namespace, documented('quickstart.md', '6. An answer', 'curl')));
    expect(answer.choices[0].message.content).toMatch(/\w/);
    expect(await typedIn(namespace, documented('quickstart.md', '6. An answer', 'python3'))).toMatch(/\w/);
  });

  test('what npm run up prints is answered', async ({ namespace }) => {
    await applyReady(namespace, endpoint('own', { url: URLS.first }), service('qwen', [to('own')]));
    await waitUntilServed(`/${namespace}/qwen`);
    const { curl, python } = clientsOf(`${await frontDoor()}/${namespace}/qwen`, 'qwen');
    expect(JSON.parse(await typed(curl)).choices[0].message.content).toBe('answered by first');
    expect(await typed(python)).toBe('answered by first\n');
  });
});
