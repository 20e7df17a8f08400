namespace Gateway.Load.Reports.Html;

/// <summary>The style of the page. Its colours can be told apart by those who do not see red and green (Okabe and Ito's set), on paper and in the dark.</summary>
internal static class PageStyle
{
    public const string Css =
        """
        :root{color-scheme:light dark;--ink:#1b2430;--soft:#5c6875;--page:#f4f6f8;--card:#fff;--rule:#dde3e9;--good:#0072b2;--bad:#c4390b;--wait:#e69f00;--calm:#9aa7b4;--plain:#009e73;--kept:#00704f}
        @media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#9aa7b4;--page:#12171d;--card:#1b222a;--rule:#2e3842;--good:#56b4e9;--bad:#ff7a45;--wait:#f0b429;--calm:#6b7885;--plain:#2dc79a;--kept:#2dc79a}}
        *{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        main{max-width:1200px;margin:0 auto;padding:24px}
        header,section>table,figure,.tiles>div,details{background:var(--card);border:1px solid var(--rule);border-radius:8px}
        header{padding:22px 28px;border-left:8px solid var(--kept)}header.failed{border-left-color:var(--bad)}
        .test{margin:0;color:var(--soft);font-weight:600;text-transform:uppercase;letter-spacing:.06em;font-size:12px}
        h1{margin:2px 0 4px;font-size:30px;line-height:1.2;color:var(--kept)}.failed h1{color:var(--bad)}
        .about{margin:0 0 8px;color:var(--soft)}header ul{margin:10px 0;padding-left:20px;font-size:16px}p.facts{margin:10px 0 0;color:var(--soft);font-size:13px}
        h2{margin:30px 0 10px;font-size:18px}
        .tiles{display:grid;grid-template-columns:repeat(6,1fr);gap:12px;margin-top:16px}.tiles>div{padding:12px 14px;display:flex;flex-direction:column}
        .tiles span{color:var(--soft);font-size:13px}.tiles b{font-size:23px;line-height:1.3;font-variant-numeric:tabular-nums;white-space:nowrap}.tiles small{color:var(--soft);font-size:12px}
        .charts{display:grid;grid-template-columns:repeat(2,1fr);gap:14px}
        figure{margin:0;padding:14px 16px 8px;break-inside:avoid}figcaption{display:flex;flex-wrap:wrap;gap:4px 14px;justify-content:space-between;align-items:baseline}
        .legend{font-size:12px;color:var(--soft)}.legend i{display:inline-block;width:10px;height:10px;border-radius:2px;margin:0 4px 0 8px}
        figure p{margin:2px 0 4px;color:var(--soft);font-size:12px}svg{width:100%;height:auto;display:block;margin-top:6px}
        svg text{font-size:11px;fill:var(--soft);font-variant-numeric:tabular-nums}.grid{stroke:var(--rule)}.tick{stroke:var(--soft)}
        .mark{stroke:var(--ink);stroke-dasharray:4 3;opacity:.7}svg text.marked{fill:var(--ink);font-weight:600;paint-order:stroke;stroke:var(--card);stroke-width:3px}
        .line{fill:none;stroke-width:2;stroke-linejoin:round}.area{opacity:.85}
        .line.good{stroke:var(--good)}.line.bad{stroke:var(--bad)}.line.wait{stroke:var(--wait)}.line.calm{stroke:var(--calm)}.line.plain{stroke:var(--plain)}
        .area.good,.dot.good{fill:var(--good)}.area.bad,.dot.bad{fill:var(--bad)}.area.wait,.dot.wait{fill:var(--wait)}.area.calm,.dot.calm{fill:var(--calm)}.area.plain,.dot.plain{fill:var(--plain)}
        i.good{background:var(--good)}i.bad{background:var(--bad)}i.wait{background:var(--wait)}i.calm{background:var(--calm)}i.plain{background:var(--plain)}
        table{border-collapse:separate;border-spacing:0;width:100%;font-size:13.5px}th,td{padding:6px 12px;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top}
        tbody tr:last-child>*{border-bottom:0}th{color:var(--soft);font-weight:600}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}thead th.n{white-space:normal}
        td:first-child{overflow-wrap:anywhere}tr.kind th{font-size:12px;text-transform:uppercase;letter-spacing:.05em;padding-top:12px}
        table.facts th{width:120px}.kept{color:var(--kept);font-weight:600;width:90px}.broken{color:var(--bad);font-weight:700;width:90px}
        details{padding:10px 16px}summary{cursor:pointer;font-weight:600}code{font:13px ui-monospace,"DejaVu Sans Mono",monospace}
        @media(max-width:900px){.charts{grid-template-columns:1fr}.tiles{grid-template-columns:repeat(2,1fr)}main{padding:12px}section{overflow-x:auto}}
        @media print{body{background:#fff}main{max-width:none;padding:0}}
        """;
}
