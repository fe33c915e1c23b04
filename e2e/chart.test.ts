import { describe, expect, test } from 'vitest';
import { renderTemplate } from './chart.ts';

describe('a template of the chart', () => {
  test.each([
    {
      name: 'has the name and the namespace of the release',
      template: 'name: {{ template "crossplane.name" . }}\nnamespace: {{ .Release.Namespace }}\n',
      rendered: 'name: crossplane\nnamespace: crossplane-system\n',
    },
    {
      name: 'loses the white space that a dash eats, and the labels of a chart',
      template: 'labels:\n  app: x\n  {{- include "crossplane.labels" . | indent 4 }}\nrules: []\n',
      rendered: 'labels:\n  app: x\nrules: []\n',
    },
    {
      name: 'keeps what the default values ask for, and drops the rest',
      template: '{{- if not .Values.serviceAccount.create }}\nname: other\n{{- else }}\nname: own\n{{- end }}\n',
      rendered: '\nname: own\n',
    },
    {
      name: 'drops a block with all that is in it',
      template:
        'a: 1\n{{- with .Values.imagePullSecrets }}\nb:\n{{- range $index, $secret := . }}\n- {{ $secret }}\n{{- end }}\n{{- end }}\nc: 1\n',
      rendered: 'a: 1\nc: 1\n',
    },
  ])('$name', ({ template, rendered }) => expect(renderTemplate(template)).toBe(rendered));

  test('with a directive that is not known here is an error, not a guess', () => {
    expect(() => renderTemplate('{{ .Values.anything }}')).toThrow('.Values.anything');
  });
});
