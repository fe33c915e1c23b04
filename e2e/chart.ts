/**
 * Crossplane's Helm chart as its default values render it, as far as the templates of its roles go: they say what core
 * may do in production, and a copy of them here would say what it once might. A directive that isn't known is an error.
 */
export const renderTemplate = (template: string): string => {
  // Text and directives by turns. A dash inside the braces eats the white space on its side.
  const parts = template.split(/\{\{(.*?)\}\}/s);
  const blocks: boolean[] = [];
  return parts
    .map((part, i) =>
      i % 2 === 0 ? isKept(blocks, trimmed(parts, i)) : evaluate(part.replace(/^-|-$/g, '').trim(), blocks),
    )
    .join('');
};

const VALUES: Readonly<Record<string, string>> = {
  'template "crossplane.name" .': 'crossplane',
  '.Release.Namespace': 'crossplane-system',
  // Labels say which chart made an object, and here none did.
  'include "crossplane.labels" . | indent 4': '',
};

const CONDITIONS: Readonly<Record<string, boolean>> = {
  'if .Values.rbacManager.deploy': true,
  'if not .Values.rbacManager.skipAggregatedClusterRoles': true,
  'if .Values.serviceAccount.create': true,
  'if not .Values.serviceAccount.create': false,
  'with .Values.serviceAccount.customAnnotations': false,
  'with .Values.imagePullSecrets': false,
  'range $index, $secret := .': false,
};

const isKept = (blocks: readonly boolean[], text: string): string => (blocks.every(Boolean) ? text : '');

function trimmed(parts: readonly string[], i: number): string {
  const text = parts[i - 1]?.endsWith('-') ? (parts[i] ?? '').trimStart() : (parts[i] ?? '');
  return parts[i + 1]?.startsWith('-') ? text.trimEnd() : text;
}

function evaluate(directive: string, blocks: boolean[]): string {
  const condition = CONDITIONS[directive];
  if (directive === 'end') blocks.pop();
  else if (directive === 'else') blocks.push(!blocks.pop());
  else if (condition !== undefined) blocks.push(condition);
  else if (blocks.every(Boolean)) return substitute(directive);
  return '';
}

function substitute(directive: string): string {
  const value = VALUES[directive];
  if (value === undefined) throw new Error(`the chart of Crossplane says {{ ${directive} }}, which is not known here`);
  return value;
}
