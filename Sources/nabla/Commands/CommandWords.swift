/// Forms of the command line that the parser of arguments does not know.
enum CommandWords {
  /// Stands between the name of a parameter and its value, since neither can contain it.
  static let separator: Character = "\u{1}"

  private static let pairs = [
    "-p": "--parameter", "--parameter": "--parameter", "-r": "--raw-parameter",
    "--raw-parameter": "--raw-parameter",
  ]

  /// The words with options of two values as one word, and `--json` without a file as `--json=-`.
  static func normalized(_ words: [String]) -> [String] {
    guard let command = words.first, command == "run" || command == "check" else { return words }
    var result: [String] = []
    var at = 0
    while at < words.count {
      let word = words[at]
      if word == "--" { return result + words[at...] }
      if command == "run", let option = pairs[word], at + 2 < words.count {
        result.append("\(option)=\(words[at + 1])\(separator)\(words[at + 2])")
        at += 3
      } else if word == "--json" {
        result.append("--json=-")
        at += at + 1 < words.count && words[at + 1] == "-" ? 2 : 1
      } else {
        result.append(word)
        at += 1
      }
    }
    return result
  }
}
