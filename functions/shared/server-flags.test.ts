import { expect, test } from 'vitest';
import { type Flags, parseFlags } from './server-flags.ts';

const DEFAULTS: Flags = {
  address: { host: '0.0.0.0', port: 9443 },
  metricsAddress: { host: '0.0.0.0', port: 8080 },
  insecure: false,
  debug: false,
  help: false,
  certificatesDir: '/tls/server',
  clientName: 'crossplane.crossplane-system',
  shutdownSeconds: 10,
};

test.each<{ name: string; argv: string[]; env?: NodeJS.ProcessEnv; want: Partial<Flags> }>([
  { name: 'nothing means what Crossplane expects of a package', argv: [], want: {} },
  {
    name: 'the directory that Crossplane mounts',
    argv: [],
    env: { TLS_SERVER_CERTS_DIR: '/a' },
    want: { certificatesDir: '/a' },
  },
  {
    name: 'a flag before the environment',
    argv: ['--tls-server-certs-dir', '/b'],
    env: { TLS_SERVER_CERTS_DIR: '/a' },
    want: { certificatesDir: '/b' },
  },
  { name: 'short flags', argv: ['-d', '-h'], want: { debug: true, help: true } },
  {
    name: 'long flags, with a space or an equals sign',
    argv: ['--insecure', '--debug', '--client-name=xp.ns', '--shutdown-timeout', '3'],
    want: { insecure: true, debug: true, clientName: 'xp.ns', shutdownSeconds: 3 },
  },
  { name: 'every IPv6 address', argv: ['--address', '[::]:9443'], want: { address: { host: '::', port: 9443 } } },
  { name: 'one IPv6 address', argv: ['--address=[fd00::1]:1'], want: { address: { host: 'fd00::1', port: 1 } } },
  { name: 'every address', argv: ['--address', ':9443'], want: { address: { port: 9443 } } },
  {
    name: 'a name and any port',
    argv: ['--metrics-address', 'localhost:0'],
    want: { metricsAddress: { host: 'localhost', port: 0 } },
  },
])('takes $name', ({ argv, env = {}, want }) =>
  expect(parseFlags(argv, env)).toEqual({ ok: true, flags: { ...DEFAULTS, ...want } }),
);

test.each([
  { argv: ['--adress', 'x'], message: "Unknown option '--adress'; see --help" },
  { argv: ['serve'], message: "Unexpected argument 'serve'; see --help" },
  { argv: ['--address'], message: "Option '--address <value>' argument missing; see --help" },
  { argv: ['--address', '--insecure'], message: "Option '--address' argument is ambiguous; see --help" },
  { argv: ['--insecure=yes'], message: "Option '--insecure' does not take an argument; see --help" },
  { argv: ['--address', '9443'], message: '--address is HOST:PORT, not "9443"' },
  { argv: ['--address', '::1:9443'], message: '--address is HOST:PORT, not "::1:9443"' },
  { argv: ['--address', 'localhost:65536'], message: '--address is HOST:PORT, not "localhost:65536"' },
  { argv: ['--metrics-address', ''], message: '--metrics-address is HOST:PORT, not ""' },
  { argv: ['--shutdown-timeout', '10s'], message: '--shutdown-timeout is a number of seconds, not "10s"' },
  { argv: ['--client-name='], message: '--client-name is a DNS name, not ""' },
  { argv: ['--tls-server-certs-dir='], message: '--tls-server-certs-dir is a directory, not ""' },
])('refuses $argv in one sentence', ({ argv, message }) =>
  expect(parseFlags(argv, {})).toEqual({ ok: false, message }),
);

test('an empty directory from the environment is refused as well: nothing turns TLS off but --insecure', () =>
  expect(parseFlags([], { TLS_SERVER_CERTS_DIR: '' })).toEqual({
    ok: false,
    message: '--tls-server-certs-dir is a directory, not ""',
  }));
