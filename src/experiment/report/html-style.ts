/**
 * The style sheet of the report's page: one column, light and dark, phone and print. No font and no picture is fetched.
 */
import { chartColours } from "../../charts/style.ts";

const light = `${chartColours.light};--page:#fbfcfe;--card:#ffffff;--ink:#1c2430;--soft:#566072;--line:#dfe4ec;--accent:#1d5fc4;--tint:#eef3fb`;
const dark = `${chartColours.dark};--page:#0e1218;--card:#151a22;--ink:#e8ecf3;--soft:#aab4c4;--line:#2c3440;--accent:#82b4ff;--tint:#1a2331`;

export const pageStyle = `
:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header,footer{max-width:912px;margin:0 auto;padding:0 16px}
header{padding-top:40px}
h1{font-size:1.05rem;font-weight:600;letter-spacing:.02em;margin:0;color:var(--soft)}
h2{font-size:1.5rem;line-height:1.25;margin:64px 0 8px;padding-top:16px;border-top:1px solid var(--line)}
h3{font-size:1.02rem;line-height:1.35;margin:0 0 4px}
p{margin:8px 0;max-width:72ch}
h1,h2,h3,p,li,summary,figcaption,a{overflow-wrap:anywhere}
.facts{list-style:none;display:flex;flex-wrap:wrap;gap:6px;padding:0;margin:12px 0 0}
.facts li{font-size:.82rem;color:var(--soft);border:1px solid var(--line);border-radius:999px;padding:2px 11px;background:var(--card)}
.verdict{margin:28px 0 0;padding:6px 22px 12px;background:var(--card);border:1px solid var(--line);border-left:5px solid var(--accent);border-radius:8px}
.verdict h2{font-size:.82rem;letter-spacing:.09em;text-transform:uppercase;color:var(--soft);border:0;margin:12px 0 0;padding:0}
.verdict p{font-size:1.16rem;line-height:1.5}
nav ol{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;padding:0;margin:22px 0 0;font-size:.9rem}
nav a{color:var(--accent);text-decoration:none}
nav a:hover{text-decoration:underline}
a:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
figure,.block{margin:28px 0;padding:18px 16px 12px;background:var(--card);border:1px solid var(--line);border-radius:8px}
figcaption p{margin:2px 0 14px;color:var(--soft);font-size:.94rem}
figure svg{display:block;max-width:100%;height:auto;margin:0 auto}
.wide{display:none}
@media (min-width:700px){.wide{display:block}.narrow{display:none}}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,270px),1fr));gap:14px 18px}
.key{display:flex;flex-wrap:wrap;gap:2px 18px;list-style:none;padding:0;margin:0 0 10px;font-size:.85rem}
.key li{display:flex;align-items:center;gap:7px;min-width:0}
.key svg{margin:0;flex:none}
details{margin:12px 0 2px;font-size:.88rem}
summary{cursor:pointer;color:var(--accent);width:fit-content}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums;margin:10px 0 6px;min-width:min(100%,420px)}
th,td{padding:5px 0 5px 14px;text-align:right;vertical-align:top;border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--soft);border-bottom:2px solid var(--line)}
th{vertical-align:bottom}
td{white-space:nowrap}
.l{text-align:left;padding:5px 0;max-width:20em;white-space:normal;overflow-wrap:break-word}
.in,*+.l{padding-left:14px}
tbody tr:hover{background:var(--tint)}
.best{font-weight:700}
.best::after{content:" \\25C2";color:var(--accent)}
.note,footer{color:var(--soft);font-size:.84rem}
.note{margin:4px 0}
.csv{font-size:.84rem;color:var(--accent)}
ul.list{padding-left:1.2em;max-width:76ch;font-size:.94rem}
ul.list li{margin:4px 0}
footer{padding-top:40px;padding-bottom:48px}
@media (max-width:699.98px){figure,.block{padding:14px 0 8px;border-width:1px 0;border-radius:0;background:none}h2{margin-top:44px}
.verdict{padding:4px 14px 10px}.verdict p{font-size:1.04rem}header{padding-top:22px}}
@media print{:root{${light};color-scheme:light;--page:#ffffff}body{font-size:10.5pt}nav,.csv,summary{display:none}
figure,.block,.verdict{break-inside:avoid;background:none}h2{break-after:avoid;margin-top:28px}
.narrow{display:none}.wide{display:block}.scroll{overflow:visible}
details{display:block}details::details-content{content-visibility:visible;display:block}table{font-size:7.5pt}
th,td,*+.l{padding:3px 0 3px 8px}.l:first-child:not(.in){padding-left:0}}
`.replace(/\n/g, "");
