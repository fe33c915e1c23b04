import { type Document, isAlias, isCollection, isNode, isPair, type Node, visit } from 'yaml';

/** So many values are no manifest any more, but a few lines that stand for more than there is memory. */
const MAX_VALUES = 100_000;

/** Why a document's aliases cannot be read, and which of them it is, as an offset in the text. */
interface AliasProblem {
  readonly offset: number;
  readonly message: string;
}

interface Alias {
  readonly name: string;
  readonly offset: number;
  /** The latest node before it with an anchor of its name. */
  readonly target: Node | undefined;
  readonly isWithinTarget: boolean;
}

/** What no reader of YAML could make a value of: an alias of nothing, of what it is a part of, or of too much. */
export function aliasProblem(document: Document.Parsed): AliasProblem | undefined {
  const aliases = aliasesIn(document);
  const [last] = aliases.slice(-1);
  if (!last) return undefined;
  const unresolved = aliases.find(({ target }) => target === undefined);
  if (unresolved)
    return {
      offset: unresolved.offset,
      message: `*${unresolved.name} stands for nothing: put &${unresolved.name} before it in the same document, those of others do not count`,
    };
  const own = aliases.find(({ isWithinTarget }) => isWithinTarget);
  if (own)
    return { offset: own.offset, message: `*${own.name} is a part of what it stands for; write out what is meant` };
  const isTooMuch = valuesOf(
    document.contents,
    new Map(aliases.map(({ offset, target }) => [offset, target])),
    new Map(),
  );
  return isTooMuch > MAX_VALUES
    ? { offset: last.offset, message: `its aliases stand for more than ${MAX_VALUES} values; write out what is meant` }
    : undefined;
}

function aliasesIn(document: Document.Parsed): Alias[] {
  const anchors = new Map<string, Node>();
  const aliases: Alias[] = [];
  visit(document, {
    Node: (_key, node, path) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        const isWithinTarget = target !== undefined && path.includes(target);
        aliases.push({ name: node.source, offset: offsetOf(node), target, isWithinTarget });
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return aliases;
}

const offsetOf = (node: Node): number => node.range?.[0] ?? 0;

/** How many values a node stands for once its aliases are written out. */
function valuesOf(node: unknown, targets: ReadonlyMap<number, Node | undefined>, known: Map<Node, number>): number {
  if (isPair(node)) return valuesOf(node.key, targets, known) + valuesOf(node.value, targets, known);
  if (!isNode(node)) return 0;
  if (isAlias(node)) return valuesOf(targets.get(offsetOf(node)), targets, known);
  if (!isCollection(node)) return 1;
  const before = known.get(node);
  if (before !== undefined) return before;
  const own = node.items.reduce<number>((sum, item) => sum + valuesOf(item, targets, known), 1);
  known.set(node, own);
  return own;
}
