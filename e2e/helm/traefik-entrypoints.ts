import type { Values } from './values.ts';

export interface EntryPoint {
  readonly name: string;
  readonly port: number;
  readonly exposedPort: number;
  readonly isExposed: boolean;
}

/** The entry points that the chart has, with its own defaults. */
const DEFAULTS: readonly EntryPoint[] = [
  { name: 'traefik', port: 8080, exposedPort: 8080, isExposed: false },
  { name: 'metrics', port: 9100, exposedPort: 9100, isExposed: false },
  { name: 'web', port: 8000, exposedPort: 80, isExposed: true },
  { name: 'websecure', port: 8443, exposedPort: 443, isExposed: true },
];

export const entryPoints = (values: Values): EntryPoint[] =>
  DEFAULTS.map(({ name, port, exposedPort, isExposed }) => ({
    name,
    port: values.read(`ports.${name}.port`, port),
    exposedPort: values.read(`ports.${name}.exposedPort`, exposedPort),
    isExposed: values.read(`ports.${name}.expose.default`, isExposed),
  }));
