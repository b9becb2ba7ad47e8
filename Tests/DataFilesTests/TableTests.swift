import Autodiff
import DataFiles
import TestSupport
import Testing

@Suite("Tables of text") struct TableTests {
  /// A table as one line: names, then each row; texts in quotes.
  private func load(
    _ text: String, _ change: (inout TableFormat) -> Void = { _ in }
  ) throws -> String {
    let folder = try Folder()
    var format = TableFormat()
    change(&format)
    let table = try folder.file("x.csv", Array(text.utf8)).loadTable(format, Bounds())
    var lines = table.names.map { [$0.joined(separator: "|")] } ?? []
    for row in 0..<table.rowCount {
      lines.append(
        (0..<table.columnCount).map { column in
          table.texts[column].map { "'\($0[row])'" }
            ?? "\(table.numbers[row * table.columnCount + column])"
        }.joined(separator: "|"))
    }
    return lines.joined(separator: " / ")
  }

  @Test(arguments: [
    ("1,2\n3,4\n", "1.0|2.0 / 3.0|4.0"),
    // Every kind of line end, the last one missing, a mark of UTF-8, empty lines.
    ("1,2\r\n3,4", "1.0|2.0 / 3.0|4.0"), ("1,2\r3,4\r", "1.0|2.0 / 3.0|4.0"),
    ("\u{FEFF}1,2\n\n\n3,4\n\n", "1.0|2.0 / 3.0|4.0"),
    ("a,b\n1,2\n", "a|b / 1.0|2.0"), ("\n\na,b\n\n1,2\n", "a|b / 1.0|2.0"),
    // Blanks around numbers, numbers in quotes, values that are not there.
    ("1 , 2\n 3,\t4 \n", "1.0|2.0 / 3.0|4.0"), ("\"1\",\" 2 \"\n", "1.0|2.0"),
    ("1,\n,2\nNA,n/a\nnull,NaN\n", "1.0|nan / nan|2.0 / nan|nan / nan|nan"),
    ("\"\",1\n", "nan|1.0"), ("1,2,\n3,4,\n", "1.0|2.0|nan / 3.0|4.0|nan"),
    // RFC 4180: quotes hold delimiters, line ends and doubled quotes.
    ("t,n\n\"a,b\",1\n\"c\n\"\"d\"\"\",2\n", "t|n / 'a,b'|1.0 / 'c\n\"d\"'|2.0"),
    ("\"a\"\"b\",\"c\"\n1,2\n", "a\"b|c / 1.0|2.0"),
    // A column is text when its first value is, even where later ones are digits.
    ("n,t\n1,x\n2,7\n3,\n", "n|t / 1.0|'x' / 2.0|'7' / 3.0|''"),
    ("n,t\n1,\n2,x\n", "n|t / 1.0|'' / 2.0|'x'"), ("5.1,setosa\n", "5.1|'setosa'"),
    ("é,naïve\nü,1\n", "é|naïve / 'ü'|1.0"), ("a\n1\n", "a / 1.0"), ("7", "7.0"), ("a,b", "a|b"),
    (" x , y z \n1,2\n", "x|y z / 1.0|2.0"),
    ("it's 5\" long,b\n1,2\n", "it's 5\" long|b / 1.0|2.0"),
  ]) func `csv is read`(_ text: String, _ expected: String) throws {
    #expect(try load(text) == expected)
  }

  @Test func `options`() throws {
    #expect(try load("a,b\nc,d\n") { $0.header = false } == "'a'|'b' / 'c'|'d'")
    #expect(try load("2010,2011\n1,2\n") { $0.header = true } == "2010|2011 / 1.0|2.0")
    #expect(try load("1;2,5\n") { $0.delimiter = UInt8(ascii: ";") } == "1.0|'2,5'")
    #expect(try load("a\tb\n1\t\n\t2\n") { $0.delimiter = 9 } == "a|b / 1.0|nan / nan|2.0")
    #expect(try load("a,b,c\n1,x,3\n") { $0.columns = [.name("c"), .place(0)] } == "c|a / 3.0|1.0")
    #expect(try load("1,2\n3,4\n") { $0.columns = [.place(-1)] } == "2.0 / 4.0")
    #expect(try load("1,2\nx,4\n") { $0.columns = [.place(1)] } == "2.0 / 4.0")
    #expect(try load("1,2\n3,4\n5,6") { $0.mostRows = 2 } == "1.0|2.0 / 3.0|4.0")
    #expect(try load("x\ny\n3,4\n") { $0.skippedRows = 2 } == "3.0|4.0")
  }

  @Test func `fields between blanks, with comments`() throws {
    let blanks: (inout TableFormat) -> Void = {
      $0.delimiter = nil
      $0.hasQuotes = false
      $0.comment = UInt8(ascii: "#")
      $0.header = false
      $0.text = .error
    }
    #expect(
      try load("# x y\n 1  2 \n\t3\t4 # last\n#\n5 6#", blanks) == "1.0|2.0 / 3.0|4.0 / 5.0|6.0")
    #expect(
      try load(
        "1 x\n",
        {
          blanks(&$0)
          $0.text = .missing
        }) == "1.0|nan")
  }

  @Test(arguments: [
    ("", "x.csv has no rows"), ("\n\n", "x.csv has no rows"),
    ("age\n1\nabc\n", "x.csv, row 3, column 1 ('age'): 'abc' is no number"),
    ("1,2\n\n3,4x\n", "x.csv, row 3, column 2: '4x' is no number"),
    ("1,2\n3\n", "x.csv, row 2 has 1 field, and row 1 has 2"),
    ("\na,b\n1,2\n1,2,3\n", "x.csv, row 4 has 3 fields, and row 2 has 2"),
    ("a,b\n1,\"2\n3,4\n", "x.csv, row 2, column 2 ('b'): the quote is not closed"),
    ("a,b\n\"1\"2,3\n", "x.csv, row 2, column 1 ('a'): text follows the closing quote"),
    ("\n\n1,\"2\n", "x.csv, row 3, column 2: the quote is not closed"),
    ("a\0b", "x.csv is no text: it has zero bytes"),
    ("1\n0x10\n", "x.csv, row 2, column 1: '0x10' is no number"),
    ("1\n1_000\n", "x.csv, row 2, column 1: '1_000' is no number"),
    ("1\n1,000\n", "x.csv, row 2 has 2 fields, and row 1 has 1"),
  ]) func `what is wrong is named with its row and column`(_ text: String, _ message: String) {
    #expect(FileError.of { _ = try load(text) }?.message == message)
  }

  @Test func `bytes that are no UTF-8 are named`() throws {
    let folder = try Folder()
    let error = FileError.of {
      _ = try folder.file("x.csv", [0x61, 0x0A, 0xE4, 0x0A]).loadTable(TableFormat(), Bounds())
    }
    #expect(error?.message == "x.csv, row 2, column 1 ('a'): the text is not UTF-8")
    let wide = FileError.of {
      _ = try folder.file("x.csv", [0xFF, 0xFE, 0x31, 0]).loadTable(TableFormat(), Bounds())
    }
    #expect(wide?.message == "x.csv is UTF-16 text, and UTF-8 is read")
  }

  @Test func `columns that are not there are named`() {
    #expect(
      FileError.of { _ = try load("a,b\n1,2\n") { $0.columns = [.name("c")] } }?.message
        == "x.csv has no column 'c'")
    #expect(
      FileError.of { _ = try load("1,2\n") { $0.columns = [.place(2)] } }?.message
        == "x.csv has no column 2: its columns are 0 to 1")
    #expect(
      FileError.of { _ = try load("1,2\n") { $0.columns = [.place(0), .place(-2)] } }?.message
        == "a column of x.csv is asked for twice")
  }

  @Test func `every number reads back with the same bits`() throws {
    var random = SplitMix(3)
    var values = [
      0, -0.0, 1, -17, 1e15, 1e16, 1e300, .infinity, -.infinity, .leastNonzeroMagnitude,
    ]
    values += (0..<2000).map { _ in .random(in: -10...10, using: &random) }
    let folder = try Folder()
    let file = folder.file("x.csv")
    try file.saveRows(
      Tensor(shape: Shape(values.count / 2, 2), values: values), header: ["a, b", "\"c\"\n"],
      delimiter: UInt8(ascii: ","), Bounds())
    let table = try file.loadTable(TableFormat(), Bounds())
    #expect(table.names == ["a, b", "\"c\"\n"])
    #expect(table.numbers.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func `texts read back`() throws {
    let texts = ["a", "a,b", "\"", "x\r\ny", " blank ", "", "ü"]
    let folder = try Folder()
    let file = folder.file("x.csv")
    for alone in [false, true] {
      let numbers = DataFile.Column.numbers(Tensor(repeating: 1.5, shape: Shape(texts.count)))
      try file.saveTable(
        [.text(texts)] + (alone ? [] : [numbers]), header: alone ? ["t"] : ["t", "n"],
        delimiter: UInt8(ascii: ","), Bounds())
      #expect(try file.loadTable(TableFormat(), Bounds()).texts[0] == texts)
    }
  }

  @Test func `columns of different lengths are refused, and the old file stays`() throws {
    let folder = try Folder()
    let file = try folder.file("x.csv", Array("1\n".utf8))
    let error = FileError.of {
      try file.saveTable(
        [.text(["a"]), .text([])], header: ["t", "u"], delimiter: UInt8(ascii: ","), Bounds())
    }
    #expect(error?.message == "column 'u' of x.csv has 0 rows, and the first has 1")
    #expect(try folder.bytes("x.csv") == Array("1\n".utf8))
  }
}
