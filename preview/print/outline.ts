import { html, type Markup, NOTHING } from './markup.ts';
import { MARKS, MEANINGS, type Node, type Note } from './nodes.ts';

/** Objects and what they compose, as nested lists. What is in another cluster is folded up while all of it is ready. */
export const outline = (nodes: readonly Node[]): Markup => html`<ul class="outline">${nodes.map(item)}</ul>`;

function item({ mark, name, isRoot, detail, site: own, notes, children }: Node): Markup {
  const aside = own === '' ? detail : `on ${own}`;
  const here = children.filter(({ site }) => site === '');
  const sites = [...new Set(children.map(({ site }) => site))].filter((site) => site !== '');
  const below = [
    ...here.map(item),
    ...sites.map((site) =>
      group(
        site,
        children.filter((child) => child.site === site),
      ),
    ),
  ];
  return html`<li>${markOf(mark)} ${isRoot ? html`<strong>${name}</strong>` : name}${
    aside === '' ? NOTHING : html` <span class="aside">${aside}</span>`
  }${notes.map(noteOf)}${below.length === 0 ? NOTHING : html`<ul>${below}</ul>`}</li>`;
}

/** What is in one inference cluster. */
function group(site: string, nodes: readonly Node[]): Markup {
  const [first, ...others] = nodes;
  if (first && others.length === 0) return item(first);
  const news = nodes.find(({ mark }) => mark !== 'good');
  const summary = html`${markOf(news?.mark ?? 'good')} ${nodes.length} objects <span class="aside">on ${site}</span>`;
  const items = nodes.map((node) => item({ ...node, site: '' }));
  return html`<li><details${news ? html` open` : NOTHING}><summary>${summary}</summary><ul>${items}</ul></details></li>`;
}

const markOf = (mark: Node['mark']): Markup =>
  html`<span class="mark ${mark}" title="${MEANINGS[mark]}">${MARKS[mark]}</span>`;

function noteOf(note: Note): Markup {
  switch (note.kind) {
    case 'failure':
      return html`<p class="note bad">${note.message}</p>`;
    case 'condition':
      return html`<p class="note">${note.type} <b class="${note.mark}">${note.reason}</b>: ${note.message}</p>`;
    case 'change':
      return html`<p class="note">${note.what}: ${note.before} → <b class="wait">${note.after}</b></p>`;
    default:
      return note satisfies never;
  }
}
