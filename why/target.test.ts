import { describe, expect, test } from 'vitest';
import { ownApiFiles } from '../preview/own-apis.ts';
import { kindsOf, parseTarget } from './target.ts';

const KINDS = kindsOf(ownApiFiles());

describe('what is asked about', () => {
  test.each([
    { text: 'modeldeployment/qwen', want: { kind: 'ModelDeployment', namespace: 'ml', name: 'qwen' } },
    { text: 'ModelDeployments/qwen', want: { kind: 'ModelDeployment', namespace: 'ml', name: 'qwen' } },
    { text: 'md/qwen', want: { kind: 'ModelDeployment', namespace: 'ml', name: 'qwen' } },
    { text: 'modelservices.modelplane.ai/qwen', want: { kind: 'ModelService', namespace: 'ml', name: 'qwen' } },
    { text: 'me/qwen-stable', want: { kind: 'ModelEndpoint', namespace: 'ml', name: 'qwen-stable' } },
    { text: 'ig/default', want: { kind: 'InferenceGateway', name: 'default' } },
    { text: 'ic/us.east', want: { kind: 'InferenceCluster', name: 'us.east' } },
    { text: '/team/qwen', want: { kind: 'ModelService', namespace: 'team', name: 'qwen' } },
    { text: '/team/qwen/v1', want: { kind: 'ModelService', namespace: 'team', name: 'qwen', path: '/team/qwen/v1' } },
    {
      text: 'https://models.example.com:8443/team/qwen/v1/chat/completions?x=1',
      want: {
        kind: 'ModelService',
        namespace: 'team',
        name: 'qwen',
        path: '/team/qwen/v1/chat/completions',
        host: 'models.example.com:8443',
      },
    },
  ])('$text', ({ text, want }) => expect(parseTarget(text, 'ml', KINDS)).toEqual({ ok: true, target: want }));

  test.each([
    { text: 'modelservise/qwen', says: 'did you mean modelservice?' },
    { text: 'pods/qwen', says: 'pods is no kind that can be asked about: give a URL, or KIND/NAME of ' },
    { text: 'md', says: 'say md/NAME' },
    { text: 'md/', says: 'say md/NAME' },
    { text: 'md/a/b', says: 'say md/NAME' },
    { text: 'md/$(reboot)', says: 'say md/NAME' },
    { text: '/qwen', says: 'it begins with /NAMESPACE/NAME' },
    { text: 'http://models.example.com/', says: 'it begins with /NAMESPACE/NAME' },
  ])('$text is wrong usage', ({ text, says }) =>
    expect(parseTarget(text, 'ml', KINDS)).toEqual({ ok: false, message: expect.stringContaining(says) }),
  );
});
