using System.Security.Cryptography;
using System.Text;
using GrokPipeline.Reports.Drawing;

namespace GrokPipeline.Reports;

/// <summary>The frame of every page: one file, no outside reference, a content-security policy that allows nothing else.</summary>
internal static class Page
{
    private const string Style = """
        :root{color-scheme:light dark;--paper:#fff;--ink:#1f2933;--soft:#5f6c7b;--rule:#dde3ea;--tint:#f5f7fa;--good:#00664b;--bad:#b03a00;--link:#0b5cad}
        @media (prefers-color-scheme:dark){:root{--paper:#12181f;--ink:#e6ebf1;--soft:#9aa7b6;--rule:#2c3642;--tint:#1a222b;--good:#4fd6a8;--bad:#ff9e66;--link:#7db8f0}}
        *{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        main{max-width:880px;margin:0 auto;padding:32px 20px 80px}h1{font-size:1.75rem;line-height:1.2;margin:0 0 .3em;text-wrap:balance}h2{font-size:1.2rem;margin:2.4em 0 .6em;padding-bottom:.25em;border-bottom:1px solid var(--rule)}
        h3{font-size:1rem;margin:1.6em 0 .4em}p{margin:.5em 0}.lead{font-size:1.08rem}.soft,small{color:var(--soft)}nav{font-size:.9rem;margin:1em 0}nav a{margin-right:1em;white-space:nowrap}a{color:var(--link)}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:1.2em 0}.card{background:var(--tint);border-radius:8px;padding:12px 14px}.card b{display:block;font-size:1.35rem;font-weight:650;font-variant-numeric:tabular-nums}
        .card span{color:var(--soft);font-size:.85rem}.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem;margin:.6em 0}caption{text-align:left;color:var(--soft);padding-bottom:.4em}
        th,td{text-align:left;padding:5px 10px 5px 0;border-bottom:1px solid var(--rule);vertical-align:top}th{font-weight:600;color:var(--soft);vertical-align:bottom}.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}td.n small{display:block}td.w{white-space:nowrap}
        .good{color:var(--good);font-weight:600}.bad{color:var(--bad);font-weight:600}.mono{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.85em;word-break:break-all}
        figure{margin:1.4em 0;position:relative}figure svg{display:block;width:100%;height:auto}figcaption{color:var(--soft);font-size:.88rem}details{margin:.4em 0;font-size:.9rem}summary{cursor:pointer;color:var(--link)}
        pre{background:var(--tint);padding:12px;border-radius:8px;overflow:auto;max-height:420px;font:12.5px/1.45 ui-monospace,Menlo,Consolas,monospace}dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 18px;font-size:.92rem;margin:.6em 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
        .tip{position:absolute;pointer-events:none;background:var(--ink);color:var(--paper);font-size:.8rem;line-height:1.35;padding:4px 8px;border-radius:5px;white-space:pre;display:none;z-index:1}ul{padding-left:1.2em}
        @media (max-width:560px){dl{grid-template-columns:1fr}dd{margin-bottom:.5em}main{padding:20px 14px 60px}}@media print{details,nav,.tip{display:none}body{font-size:11pt}figure,table{break-inside:avoid}}
        """;

    // Shows the values nearest to the pointer. The page says everything without it.
    private const string Script = """
        document.querySelectorAll('svg[data-hover]').forEach(function(svg){
        var series=JSON.parse(svg.dataset.hover),tip=document.createElement('div');tip.className='tip';svg.parentNode.appendChild(tip);
        svg.addEventListener('pointermove',function(e){var box=svg.getBoundingClientRect(),scale=svg.viewBox.baseVal.width/box.width,x=(e.clientX-box.left)*scale,step=null,best=1e9;
        series.forEach(function(s){s.x.forEach(function(v,i){var d=Math.abs(v-x);if(d<best){best=d;step=s.s[i];}});});
        if(step===null||best>40){tip.style.display='none';return;}
        tip.textContent='step '+step.toLocaleString('en')+series.map(function(s){var i=s.s.indexOf(step);return i<0?'':'\n'+s.n+'  '+s.v[i];}).join('');
        tip.style.display='block';var left=e.clientX-box.left+14;if(left+tip.offsetWidth>box.width)left-=tip.offsetWidth+28;tip.style.left=left+'px';tip.style.top=(e.clientY-box.top+10)+'px';});
        svg.addEventListener('pointerleave',function(){tip.style.display='none';});});
        """;

    /// <summary>A complete page.</summary>
    public static string Of(string title, Html body)
    {
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)));
        return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            + $"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{hash}'\">\n"
            + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n"
            + $"<title>{Text.Encode(title)}</title>\n<style>\n{Style}\n{Canvas.Style}\n</style>\n</head>\n<body>\n<main>\n{body}</main>\n<script>{Script}</script>\n</body>\n</html>\n";
    }
}
