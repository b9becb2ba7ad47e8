/// The style sheet that goes with every piece of HTML.
enum HTMLStyle {
  /// Rules for `nabla-` classes only.
  ///
  /// Colours are mixtures with the colour of the text around, which is dark on light pages and light
  /// on dark ones; so they are readable on both without asking for the theme. The first of two
  /// colours is for browsers that cannot mix. Several classes name a `code` or `pre`, for JupyterLab
  /// has rules as strong as two, which frame the one and break the lines of the other.
  static let sheet = """
    .nabla{--nabla-line:var(--jp-border-color2,var(--vscode-panel-border,rgba(128,128,128,.35)));\
    --nabla-mono:var(--jp-code-font-family,var(--vscode-editor-font-family,ui-monospace,Menlo,\
    Consolas,"DejaVu Sans Mono",monospace));\
    color:var(--jp-content-font-color1,var(--vscode-foreground,inherit));\
    font-family:var(--jp-content-font-family,var(--vscode-font-family,system-ui,sans-serif));\
    font-size:var(--jp-code-font-size,13px);line-height:1.45;overflow-x:auto}
    .nabla .nabla-table{border-collapse:collapse;border:0;margin:4px 0 6px;table-layout:auto;\
    width:auto;font-size:inherit;background:none}
    .nabla .nabla-table tr,.nabla .nabla-table tbody tr:nth-child(n){background:none}
    .nabla .nabla-table tbody tr:hover{background:\
    var(--jp-rendermime-table-row-hover-background,rgba(128,128,128,.12))}
    .nabla .nabla-table th,.nabla .nabla-table td{border:0;\
    border-bottom:1px solid var(--nabla-line);padding:3px 14px 3px 0;text-align:left;\
    vertical-align:top;white-space:pre;max-width:none;font-weight:400;color:inherit}
    .nabla .nabla-table th:first-child{padding-left:8px}
    .nabla .nabla-table th:last-child,.nabla .nabla-table td:last-child{padding-right:8px}
    .nabla .nabla-table tbody tr:last-child>*{border-bottom:0}
    .nabla .nabla-table thead th{font-family:var(--jp-ui-font-family,\
    var(--vscode-font-family,system-ui,sans-serif));font-size:.86em;font-weight:600;\
    border-bottom:1.5px solid var(--nabla-line)}
    .nabla tbody .nabla-name,.nabla .nabla-code,.nabla .nabla-shape,.nabla .nabla-number\
    {font-family:var(--nabla-mono)}
    .nabla .nabla-table tbody .nabla-name{font-weight:700}
    .nabla .nabla-table .nabla-text,.nabla .nabla-table td.nabla-code{white-space:normal}
    .nabla .nabla-table td.nabla-shape,.nabla .nabla-note,.nabla .nabla-word,.nabla .nabla-absent\
    {opacity:.68}
    .nabla .nabla-table .nabla-number{text-align:right}
    .nabla .nabla-table .nabla-verdict{text-align:center}
    .nabla .nabla-table .nabla-value,.nabla .nabla-pass\
    {color:#2a9d55;color:color-mix(in srgb,#16a34a 62%,currentColor)}
    .nabla .nabla-table .nabla-gradient,.nabla .nabla-fail\
    {color:#e0474c;color:color-mix(in srgb,#e11d2e 66%,currentColor)}
    .nabla .nabla-table .nabla-word,.nabla .nabla-table .nabla-absent\
    {color:var(--jp-content-font-color1,var(--vscode-foreground,currentColor))}
    .nabla .nabla-table .nabla-word{font-style:italic;\
    font-family:var(--jp-ui-font-family,var(--vscode-font-family,system-ui,sans-serif))}
    .nabla .nabla-table .nabla-code code,.nabla .nabla-table pre,.nabla .nabla-tensor pre\
    {background:none;border:0;padding:0;margin:0;color:inherit;\
    font-family:var(--nabla-mono);font-size:inherit;line-height:inherit;white-space:pre;\
    word-break:normal;overflow:visible}
    .nabla .nabla-table .nabla-code code{white-space:pre-wrap}
    .nabla .nabla-table .nabla-number pre{display:inline-block;text-align:left;\
    vertical-align:top}
    .nabla pre span{opacity:.5}
    .nabla .nabla-summary{display:inline-flex;align-items:flex-start;gap:12px;vertical-align:top}
    .nabla .nabla-summary img,.nabla .nabla-summary svg,.nabla .nabla-picture svg\
    {flex:none;margin:0;max-width:none;image-rendering:pixelated;border-radius:2px;\
    outline:1px solid var(--nabla-line)}
    .nabla .nabla-tensor{padding-left:8px}
    .nabla .nabla-tensor .nabla-summary{margin:6px 1px 1px;align-items:center;\
    font-family:var(--nabla-mono)}
    .nabla .nabla-heading,.nabla .nabla-line,.nabla .nabla-note{margin:2px 0;padding-left:8px}
    .nabla .nabla-heading{font-weight:600}
    .nabla .nabla-picture{margin:6px 8px}

    """
}
