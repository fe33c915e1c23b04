import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { objectsOf } from '../manifests.ts';

/** A query of a rule or of a panel, by where it stands. */
export interface Query {
  readonly where: string;
  readonly side: 'control plane' | 'inference cluster';
  readonly expr: string;
}

interface PrometheusRule {
  readonly spec: { readonly groups: readonly Group[] };
}

export interface Group {
  readonly name: string;
  readonly rules: readonly {
    readonly alert: string;
    readonly expr: string;
    readonly for?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

const RULE_FOLDERS = { 'control plane': 'monitoring', 'inference cluster': 'monitoring/inference-cluster' } as const;

const SIDES = ['control plane', 'inference cluster'] as const;

export const groupsOf = (side: Query['side']): readonly Group[] =>
  [...objectsOf<PrometheusRule>(RULE_FOLDERS[side], 'PrometheusRule').values()].flatMap(({ spec }) => spec.groups);

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

export const dashboard = (): { readonly panels: readonly Panel[] } =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'dashboard.json'), 'utf8'));

/** All that is asked of Prometheus, with what Grafana puts in for its variables. */
export function queries(): Query[] {
  const rules = SIDES.flatMap((side) =>
    groupsOf(side).flatMap(({ rules }) => rules.map(({ alert, expr }) => ({ where: alert, side, expr }))),
  );
  const panels = dashboard().panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, datasource }) => ({
      where: title,
      side: datasource.uid.includes('inference') ? ('inference cluster' as const) : ('control plane' as const),
      expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$router', '.*'),
    })),
  );
  return [...rules, ...panels];
}

/** The metrics that a query names, by Prometheus' own grammar; an error where it is none. */
export function metricsIn(expr: string): string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, name, from, to, node }) => {
      if (type.isError) throw new Error(`cannot read a query at ${from}: ${expr}`);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.push(expr.slice(from, to));
    },
  });
  return [...new Set(names)];
}
