import { CARD_GAP, CARD_HEIGHT } from './routes.ts';

/** Light or dark as the reader's system is. Nothing is fetched. */
export const STYLE = `
:root {
  --page: #f6f7f9; --card: #fff; --line: #dde1e7; --text: #1c2129; --aside: #667080;
  --good: #1a7f4b; --wait: #9a6200; --bad: #c0322b;
  --colour0: #3b6fd8; --colour1: #0e9488; --colour2: #b5559f; --colour3: #d07a1f; --colour4: #7559d1; --colour5: #6b8e23;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171c; --card: #1d2128; --line: #323843; --text: #e4e8ee; --aside: #98a2b2;
    --good: #58c48a; --wait: #e0ac4a; --bad: #f0837c;
    --colour0: #6c9bf5; --colour1: #3dbfb2; --colour2: #d88cc6; --colour3: #eba45a; --colour4: #a48df0; --colour5: #a3c35c;
  }
}
.colour0 { --own: var(--colour0); } .colour1 { --own: var(--colour1); } .colour2 { --own: var(--colour2); }
.colour3 { --own: var(--colour3); } .colour4 { --own: var(--colour4); } .colour5 { --own: var(--colour5); }
.nobody { --own: var(--bad); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 32px 24px 48px; }
h1 { font-size: 24px; margin: 0 0 20px; letter-spacing: -0.01em; }
h2 { font-size: 17px; margin: 36px 0 12px; }
code { font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, monospace; }
ul { list-style: none; margin: 0; padding: 0; }
small { font-weight: 400; }
.aside, .label, footer { color: var(--aside); }
.good { color: var(--good); } .wait, .paused { color: var(--wait); } .bad { color: var(--bad); }
.routes { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 20px; margin-bottom: 16px; }
.columns { display: grid; grid-template-columns: 240px minmax(80px, 1fr) minmax(0, 640px); align-items: center; }
.path { border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; background: var(--page); }
.path code { display: block; overflow-wrap: anywhere; font-weight: 600; }
.label { font-size: 12px; }
.bands { width: 100%; display: block; }
.bands rect { fill: var(--own); }
.bands path { fill: var(--own); opacity: 0.32; }
.bands .doubt path { opacity: 0.14; stroke: var(--own); stroke-dasharray: 6 5; vector-effect: non-scaling-stroke; }
.cards { display: grid; gap: ${CARD_GAP}px; }
.card { height: ${CARD_HEIGHT}px; display: grid; grid-template-columns: 104px minmax(0, 1fr); align-items: center;
  border: 1px solid var(--line); border-left: 5px solid var(--own); border-radius: 10px; overflow: hidden;
  background: var(--page); padding-right: 12px; }
.idle { border-left-color: var(--line); } .idle .percent { color: var(--aside); }
.percent { font-size: 21px; font-weight: 650; text-align: center; color: var(--own); font-variant-numeric: tabular-nums; }
.percent small { display: block; font-size: 11.5px; color: var(--aside); }
.name { display: flex; gap: 10px; align-items: baseline; justify-content: space-between; white-space: nowrap; }
.priority { font-size: 12px; border: 1px solid var(--line); border-radius: 999px; padding: 0 8px; margin-right: auto; }
.standby { margin: 14px 0 0; color: var(--aside); overflow-wrap: anywhere; }
.standby strong { color: var(--text); }
.index { columns: 2; column-gap: 32px; margin: 0 0 20px; padding-left: 1.6em; font-size: 13px; }
.index li { break-inside: avoid; overflow-wrap: anywhere; }
a { color: var(--colour0); }
.points { list-style: disc; padding-left: 1.4em; overflow-wrap: anywhere; }
.changes { margin-top: 14px; overflow-wrap: anywhere; } .changes ul { padding-left: 1.2em; font-size: 13px; }
.changes summary { cursor: pointer; }
.name strong { overflow: hidden; text-overflow: ellipsis; }
.badge { font-size: 12px; }
.badge::before { content: "● "; }
.line { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; font-size: 12.5px; }
.line wbr { display: none; }
.why { font-size: 12.5px; line-height: 1.35; color: var(--aside); display: -webkit-box; -webkit-line-clamp: 2;
  -webkit-box-orient: vertical; overflow: hidden; overflow-wrap: anywhere; }
.doubtful { color: var(--wait); }
.refused { grid-column: 2 / -1; margin: 0 0 0 24px; color: var(--bad); font-weight: 600; }
.outage { border-left: 5px solid var(--bad); background: var(--card); border-radius: 6px; padding: 12px 16px; margin: 20px 0 0; font-weight: 600; }
.outline { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 8px 20px 14px; font-size: 14px; }
.outline > li { margin-top: 10px; }
.outline ul { margin-left: -13px; padding-left: 18px; border-left: 1px solid var(--line); }
.outline li { overflow-wrap: anywhere; padding-left: 20px; }
.outline details { margin-left: -20px; } .outline details ul { margin-left: 7px; }
.outline summary { cursor: pointer; list-style-position: inside; }
.mark { float: left; width: 20px; margin-left: -20px; font-weight: 700; }
.outline summary .mark { float: none; display: inline-block; width: 1.1em; margin-left: 0; }
.note { margin: 2px 0 4px; max-width: 90ch; font-size: 13px; }
footer { margin-top: 28px; font-size: 13px; }
@media (max-width: 1000px) {
  .columns { grid-template-columns: minmax(0, 1fr); gap: ${CARD_GAP}px; }
  .bands { display: none; } .card { height: auto; padding-block: 10px; } .refused { margin: 0; }
  .name { flex-wrap: wrap; white-space: normal; gap: 2px 10px; } .name strong, .line { overflow-wrap: anywhere; white-space: normal; }
  .line wbr { display: inline; } .why { -webkit-line-clamp: none; } .index { columns: 1; } main { padding-inline: 14px; } .routes { padding: 14px; }
  .card { grid-template-columns: 84px minmax(0, 1fr); } .percent { font-size: 17px; }
}
`;
