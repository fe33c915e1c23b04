import { describe, expect } from 'vitest';
import { chat } from '../client.ts';
import { raw, rawRequest } from '../raw.ts';
import { test } from '../testing.ts';
import { bearer, keyOf, withCallers } from './door.ts';

/** What a client may say to be taken for somebody else, or to be let in elsewhere. */
export const attacks = () => {
  describe('what a backend is told', () => {
    test('who calls, whatever the client says of it, and not the key', async ({ namespace }) => {
      const { qwen } = await withCallers(namespace);
      const forged = {
        'x-modelplane-caller': 'modelplane-system/root',
        X_Modelplane_Caller: 'modelplane-system/root',
        'x-llm-d-inference-fairness-id': 'root',
        'x-gateway-inference-fairness-id': 'root',
        'x-forwarded-uri': '/other/service',
        cookie: 'a=b',
        connection: 'close, x-modelplane-caller',
      };
      const { seen } = await chat(qwen, { headers: { ...bearer(keyOf(`${namespace}-alice`)), ...forged } });
      const told = Object.entries(seen?.headers ?? {});
      expect(seen?.headers['x-modelplane-caller']).toBe(`${namespace}/alice`);
      expect(told.filter(([, value]) => String(value).includes('root'))).toEqual([]);
      expect(told.filter(([name]) => ['authorization', 'x-api-key'].includes(name))).toEqual([]);
      expect(JSON.stringify(told)).not.toContain(keyOf(`${namespace}-alice`));
    });
  });

  describe('a target of another form opens nothing', () => {
    test('by its path', async ({ namespace }) => {
      const { qwen, secret } = await withCallers(namespace);
      const key = `Authorization: Bearer ${keyOf(`${namespace}-alice`)}`;
      const targets = [
        `${qwen}/../secret/v1/models`,
        `${qwen}/%2e%2e/secret/v1/models`,
        `${qwen}/.%2E/secret/v1`,
        `//${namespace}/secret/v1`,
        `///${namespace}///secret///v1`,
        `/./${namespace}/./secret/v1`,
        `/${namespace}/%73ecret/v1`,
        `${qwen}/..%2fsecret/v1`,
        `${qwen}/..%5csecret`,
        `http://evil.example.com${secret}/v1`,
        `http://u:p@x${secret}/v1`,
        `${secret};x=1/v1`,
        `${secret}./v1`,
        `${secret}%20/v1`,
        `${secret}%2f/v1`,
        `/${namespace}%2fsecret/v1`,
        `/${namespace.toUpperCase()}/secret/v1`,
        `\\${namespace}\\secret`,
        `*`,
        `${qwen}/${'a/'.repeat(1_000)}${'../'.repeat(1_001)}secret/v1`,
      ];
      for (const target of targets) {
        const { statuses, text } = await raw(rawRequest(target, [key]));
        expect({ target, opened: statuses.includes(200) && text.includes('/secret') }).toEqual({
          target,
          opened: false,
        });
      }
      for (const target of [`${qwen}/v1/models?/../secret`, `${qwen}/v1/models?a=/${namespace}/secret`])
        expect((await raw(rawRequest(target, [key]))).statuses).toEqual([200]);
    });

    test('nor by what else a request is', async ({ namespace }) => {
      const { qwen, secret } = await withCallers(namespace);
      const good = `Authorization: Bearer ${keyOf(`${namespace}-alice`)}`;
      const requests = {
        http10: rawRequest(`${secret}/v1/models`, [good], 'GET', 'HTTP/1.0'),
        options: rawRequest(`${qwen}/v1/models`, [], 'OPTIONS'),
        connect: `CONNECT ${secret} HTTP/1.1\r\nHost: x\r\n${good}\r\n\r\n`,
        upgrade: rawRequest(`${secret}/v1/realtime`, [
          good,
          'Upgrade: websocket',
          'Sec-WebSocket-Key: x',
          'Sec-WebSocket-Version: 13',
        ]),
        twoKeys: rawRequest(`${qwen}/v1/models`, [good, 'Authorization: Bearer x']),
        sameTwice: rawRequest(`${qwen}/v1/models`, [good, good]),
        folded: `GET ${secret}/v1/models HTTP/1.1\r\nHost: x\r\nX: y\r\n ${good}\r\nConnection: close\r\n\r\n`,
        spaceBeforeColon: `GET ${qwen}/v1/models HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer ${keyOf(`${namespace}-alice`)}\r\nConnection: close\r\n\r\n`,
        hopByHop: `GET ${qwen}/v1/models HTTP/1.1\r\nHost: x\r\n${good}\r\nConnection: close, Authorization\r\n\r\n`,
        bigHeader: rawRequest(`${qwen}/v1/models`, [good, `X-Big: ${'a'.repeat(1_000_000)}`]),
      };
      for (const [name, text] of Object.entries(requests)) {
        const { statuses } = await raw(text);
        expect({ name, letIn: statuses.some((status) => status < 300 || status === 101) }).toEqual({
          name,
          letIn: false,
        });
      }
      const pipelined = `GET ${qwen}/v1/models HTTP/1.1\r\nHost: x\r\n${good}\r\n\r\n${rawRequest(`${qwen}/v1/models`)}`;
      expect((await raw(pipelined)).statuses).toEqual([200, 401]);
      const smuggled = `POST ${qwen}/v1/models HTTP/1.1\r\nHost: x\r\n${good}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${rawRequest(`${secret}/v1/models`, [good])}`;
      expect((await raw(smuggled)).statuses.slice(1)).not.toContain(200);
    });
  });
};
