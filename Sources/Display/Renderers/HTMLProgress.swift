import EngineInterface

/// A loop's progress as a bar on a page.
///
/// The bar brings its own few rules instead of the style sheet, since it is sent many times a second.
enum HTMLProgress {
  private static let font =
    "font-family:var(--jp-ui-font-family,var(--vscode-font-family,system-ui,sans-serif));"
    + "font-size:var(--jp-ui-font-size1,13px);color:var(--jp-content-font-color1,inherit)"

  static func html(_ progress: ProgressBlock) -> String {
    let title = VisibleText.line(progress.title).htmlEscaped
    var parts: [String] = []
    if !title.isEmpty { parts.append("<span style=\"font-weight:600\">\(title)</span>") }
    if let percent = progress.percent {
      parts.append(bar(percent, title: title, progress.state))
      parts.append(
        "<span style=\"min-width:2.8em;text-align:right\">\(percent)%</span>")
    }
    parts.append("<span style=\"opacity:.75\">\(progress.figures.htmlEscaped)</span>")
    return
      "<div class=\"nabla-progress\" style=\"display:flex;align-items:center;gap:10px;"
      + "padding:2px 0;font-variant-numeric:tabular-nums;\(font)\">"
      + parts.joined() + "</div>"
  }

  /// The bar, in a colour that is readable on light and on dark pages.
  private static func bar(
    _ percent: Int, title: String, _ state: ProgressBlock.State
  ) -> String {
    let color =
      switch state {
      case .running: "var(--jp-brand-color1,#2f7fd6)"
      case .finished: "#2a9d55"
      case .stopped: "#e0474c"
      }
    return
      "<span role=\"progressbar\" aria-label=\"\(title.isEmpty ? "progress" : title)\""
      + " aria-valuemin=\"0\" aria-valuemax=\"100\" aria-valuenow=\"\(percent)\""
      + " style=\"flex:none;width:220px;height:8px;border-radius:4px;overflow:hidden;"
      + "background:rgba(128,128,128,.3)\"><span style=\"display:block;height:100%;"
      + "width:\(percent)%;background:\(color)\"></span></span>"
  }
}
