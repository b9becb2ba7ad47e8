import Testing

/// A text that is no program, and what is said about it.
struct ErrorCase: Sendable, CustomTestStringConvertible {
  let source: String
  let message: String
  /// The text that is underlined.
  let marked: String
  let hint: String?

  init(_ source: String, _ message: String, _ marked: String, hint: String? = nil) {
    self.source = source
    self.message = message
    self.marked = marked
    self.hint = hint
  }

  var testDescription: String { source }

  static let all: [ErrorCase] = [
    ErrorCase(
      "if x = 3: pass", "'=' assigns and cannot stand in the condition of if", "=",
      hint: "use == to compare"),
    ErrorCase("if x\n  y", "expected ':' after the condition of if", ""),
    ErrorCase(
      "if x:\ny = 1", "expected an indented block after 'if' on line 1", "y",
      hint: "write pass for a block that does nothing"),
    ErrorCase("while True\n    pass", "expected ':' after the condition of while", ""),
    ErrorCase(
      "print x", "'print' is a function and needs parentheses", "print x", hint: "write print(…)"),
    ErrorCase(
      "print \"a\", b", "'print' is a function and needs parentheses", "print \"a\"",
      hint: "write print(…)"),
    ErrorCase("x++", "there is no operator '++'", "++", hint: "write += 1"),
    ErrorCase("x--;", "there is no operator '--'", "--", hint: "write -= 1"),
    ErrorCase(
      "if a: pass\nelse if b: pass", "expected ':' after 'else', not 'if'", "else if",
      hint: "write elif"),
    ErrorCase("x = foo(1, 2\ny = 3", "'(' was never closed", "("),
    ErrorCase(
      "x = [1, 2 3]", "expected ',' or ']' before '3'", "3", hint: "perhaps a comma is missing"),
    ErrorCase(
      "x = [1, 2\n     3, 4]", "expected ',' or ']' before '3'", "3",
      hint: "perhaps a comma is missing"),
    ErrorCase(
      "x = \"abc", "this string was never closed", "\"abc",
      hint: "close it with \" on the same line"),
    ErrorCase("x = \"\"\"abc", "this triple-quoted string was never closed", "\"\"\""),
    ErrorCase("3 = x", "cannot assign to a number", "3", hint: "use == to compare"),
    ErrorCase(
      "f(x) = 3", "cannot assign to the result of a call", "f(x)", hint: "use == to compare"),
    ErrorCase("None = 1", "cannot assign to None", "None", hint: "use == to compare"),
    ErrorCase(
      "x + 1 = 2", "cannot assign to an expression with operators", "x + 1",
      hint: "use == to compare"),
    ErrorCase("(a, 1) = x", "cannot assign to a number", "1", hint: "use == to compare"),
    ErrorCase("fro i in range(3): pass", "'fro' is no keyword", "fro", hint: "did you mean 'for'?"),
    ErrorCase("whlie x: pass", "'whlie' is no keyword", "whlie", hint: "did you mean 'while'?"),
    ErrorCase(
      "whlie (x < 3):\n  pass", "'whlie' is no keyword", "whlie", hint: "did you mean 'while'?"),
    ErrorCase("esle:\n  pass", "'esle' is no keyword", "esle", hint: "did you mean 'else'?"),
    ErrorCase("retrun x", "'retrun' is no keyword", "retrun", hint: "did you mean 'return'?"),
    ErrorCase(
      "imoprt numpy as np", "'imoprt' is no keyword", "imoprt", hint: "did you mean 'import'?"),
    ErrorCase(
      "x = “abc”", "the character '“' (U+201C) is not part of the language", "“",
      hint: "write the straight quote \""),
    ErrorCase(
      "x = 3 − 4", "the character '−' (U+2212) is not part of the language", "−",
      hint: "write the minus sign - of the keyboard"),
    ErrorCase("return 3", "'return' stands outside of a function", "return"),
    ErrorCase("break", "'break' stands outside of a loop", "break"),
    ErrorCase("nonlocal x", "'nonlocal' stands outside of a function", "nonlocal"),
    ErrorCase("def f(a, a): pass", "two parameters have the name 'a'", "a"),
    ErrorCase(
      "def f(a=1, b): pass", "the parameter 'b' without a default follows 'a' with one", "b",
      hint: "put parameters with defaults last"),
    ErrorCase(
      "f(a=1, 2)", "an argument without a name follows 'a='", "2",
      hint: "put arguments with names last"),
    ErrorCase("f(a=1, a=2)", "the argument 'a' is given twice", "a=2"),
    ErrorCase(
      "f(**k, 1)", "an argument without a name follows '**'", "1",
      hint: "put arguments with names last"),
    ErrorCase(
      "gate g(x):\n    forward:\n        return x", "the gate 'g' has no block 'backward'", "g",
      hint: "add: backward(dz): with a return of one gradient for each input"),
    ErrorCase(
      "gate g(x):\n    backward(dz):\n        return x", "the gate 'g' has no block 'forward'", "g",
      hint: "add: forward:"),
    ErrorCase(
      "gate g(x):\n    y = 1",
      "a gate holds the blocks 'forward:' and 'backward(…):' alone, not 'y'", "y",
      hint: "move this line into one of the two blocks"),
    ErrorCase(
      "  x = 1", "this line is indented, but no block starts before it", "  ",
      hint: "take away the space before it"),
    ErrorCase(
      "if x:\n    y\n  z", "this unindent does not match any outer block", "  ",
      hint: "indent the line exactly as the block that it belongs to"),
    ErrorCase(
      "if x:\n\ty\n        z", "tabs and spaces are mixed in the indentation", "        ",
      hint: "indent every line with spaces"),
    ErrorCase("x = (1 + 2\nfor i in range(3):\n    pass", "'(' was never closed", "("),
    ErrorCase("x = )", "')' closes nothing: no bracket is open here", ")"),
    ErrorCase("x = (1]", "']' does not close '('", "]"),
    ErrorCase("x = 1 +", "expected an expression after '+'", ""),
    ErrorCase(
      "x = * 3", "'*' cannot unpack a value here", "* 3", hint: "a tuple needs a comma: (*values,)"),
    ErrorCase("x = a && b", "there is no operator '&&'", "&&", hint: "write and"),
    ErrorCase("x = a || b", "there is no operator '||'", "||", hint: "write or"),
    ErrorCase("x = !a", "'!' is not an operator", "!", hint: "write not for the negation"),
    ErrorCase("x = a <> b", "there is no operator '<>'", "<>", hint: "write !="),
    ErrorCase(
      "x := 3", "the operator ':=' is not part of the language", ":=",
      hint: "assign with = in a line of its own"),
    ErrorCase(
      "y = (x := 3)", "the operator ':=' is not part of the language", ":=",
      hint: "assign with = in a line of its own"),
    ErrorCase("async def f(): pass", "'async' is not part of the language", "async"),
    ErrorCase("await x", "'await' is not part of the language", "await"),
    ErrorCase("yield 3", "'yield' is not part of the language", "yield"),
    ErrorCase(
      "match x:\n    case 1: pass", "the statement 'match' is not part of the language", "match",
      hint: "write if and elif"),
    ErrorCase(
      "match (x):\n    case 1: pass", "the statement 'match' is not part of the language", "match",
      hint: "write if and elif"),
    ErrorCase("@foo\ndef f(): pass", "decorators are not part of the language", "@"),
    ErrorCase(
      "x = 012", "a whole number cannot start with 0", "012",
      hint: "leave out the zeros; an octal number starts with 0o"),
    ErrorCase(
      "x = 1abc", "a name cannot start with a digit", "1abc",
      hint: "write * between a number and a name for their product"),
    ErrorCase("x = 3j", "complex numbers are not part of the language", "3j"),
    ErrorCase("x = 1__0", "an underscore in a number stands between two digits", "1__0"),
    ErrorCase("x = 0xg", "this is not a valid hexadecimal number", "0xg"),
    ErrorCase("x = b'a'", "bytes are not part of the language", "b"),
    ErrorCase(
      "x = '\\x4'", "\\x needs 2 hexadecimal digits", "\\x4",
      hint: "for a backslash itself write \\\\ or a raw string r\"…\""),
    ErrorCase(
      "x = '\\N{BULLET}'", "character names in strings (\\N) are not part of the language", "\\N",
      hint: "type the character itself or write \\u and its code"),
    ErrorCase("f\"{x\"", "'{' was never closed in this f-string", "{"),
    ErrorCase(
      "f\"{}\"", "expected an expression between '{' and '}'", "{}",
      hint: "write {{ for the character itself"),
    ErrorCase("f\"{x!z}\"", "expected r, s or a after '!' in this f-string", "z"),
    ErrorCase(
      "f\"}\"", "a single '}' cannot stand in an f-string", "}",
      hint: "write }} for the character itself"),
    ErrorCase("f\"{x", "'{' was never closed in this f-string", "{"),
    ErrorCase("f\"{x:{y}\"", "'{' was never closed in this f-string", "{"),
    ErrorCase("f'{x:>10", "this f-string was never closed", "f'{x:>10"),
    ErrorCase(
      "for i range(3): pass", "expected 'in' after the variable of for, not 'range'", "range"),
    ErrorCase(
      "for i = 0; i < 3", "expected 'in' after the variable of for, not '='", "=",
      hint: "write: for i in range(n):"),
    ErrorCase("for 3 in x: pass", "cannot assign to a number", "3"),
    ErrorCase(
      "x = 1 if y", "expected 'else' in this conditional expression", "",
      hint: "write: value if test else other"),
    ErrorCase(
      "[x for x in y else z]", "'else' cannot follow the 'if' of a comprehension", "else",
      hint: "put the conditional first: [value if test else other for …]"),
    ErrorCase(
      "[*x for x in y]", "'*' cannot unpack a value in a comprehension", "*x",
      hint: "write a second for"),
    ErrorCase(
      "sum(x for x in y, 3)", "a generator beside other arguments needs parentheses of its own",
      "x for x in y"),
    ErrorCase(
      "f(x.y=3)", "'=' in a call names an argument, and what stands before it is no name", "=",
      hint: "use == to compare"),
    ErrorCase(
      "f(1=2)", "'=' in a call names an argument, and what stands before it is no name", "=",
      hint: "use == to compare"),
    ErrorCase("f(class=2)", "'class' is a keyword and cannot name an argument", "class"),
    ErrorCase("try:\n    x\ny = 3", "expected 'except' or 'finally' after the block of 'try'", "y"),
    ErrorCase(
      "try:\n    x\nexcept A, B:\n    pass\nexcept:\n    pass",
      "several kinds of errors need parentheses", ",", hint: "write: except (KeyError, IndexError):"
    ),
    ErrorCase(
      "class A(B, C): pass", "inheritance from several classes is not part of the language", "C"),
    ErrorCase(
      "from . import x", "an import relative to a package is not part of the language", "."),
    ErrorCase(
      "from x import (a b)", "expected ',' or ')' before 'b'", "b",
      hint: "perhaps a comma is missing"),
    ErrorCase("import \"x\"", "the name of a module stands without quotes", "\"x\""),
    ErrorCase(
      "import x from y", "'from' comes first in an import", "from", hint: "write: from x …"),
    ErrorCase(
      "def f:\n    pass", "expected '(' after the name of the function, not ':'", ":",
      hint: "write: def f():"),
    ErrorCase(
      "def f(x) { return x }", "expected ':' after the head of the function, not '{'", "{",
      hint: "a block is a ':' and indented lines, without braces"),
    ErrorCase(
      "function f(x):", "'function' is no keyword", "function", hint: "write def for a function"),
    ErrorCase("x = 3 4", "expected an operator or the end of the line before '4'", "4"),
    ErrorCase("x y", "expected an operator or the end of the line before 'y'", "y"),
    ErrorCase("let x = 3", "'let' is no keyword", "let", hint: "write the name alone: x = 3"),
    ErrorCase("a =+ 3", "there is no operator '=+'", "=+", hint: "write += to change the variable"),
    ErrorCase("a => 3", "there is no operator '=>'", "=>", hint: "write >="),
    ErrorCase("a = > 3", "expected an expression after '=', not '>'", ">"),
    ErrorCase("a += b = 3", "an assignment with '+=' cannot be chained", "="),
    ErrorCase("a, b += 3", "'+=' cannot change a tuple", "a, b"),
    ErrorCase(
      "*a = 3", "a target with '*' must stand in a list or tuple", "*a",
      hint: "write a comma behind it: *rest, = values"),
    ErrorCase(
      "*a", "'*' cannot unpack a value here", "*a", hint: "a tuple needs a comma: (*values,)"),
    ErrorCase("a, *b, *c = x", "only one target of an assignment can have a '*'", "*c"),
    ErrorCase(
      "x.1", "expected a name after '.', not a number", ".1", hint: "write [1] for an index"),
    ErrorCase(
      "x = y ? 1 : 2", "'?' cannot stand here", "?",
      hint: "a conditional is written: value if test else other"),
    ErrorCase("del f()", "cannot delete the result of a call", "f()"),
    ErrorCase("del 3", "cannot delete a number", "3"),
    ErrorCase(
      "global x = 3", "'global' only declares names", "=", hint: "assign in a line of its own"),
    ErrorCase(
      "raise A, \"x\"", "'raise' takes one value", ",",
      hint: "write raise ValueError(\"…\") with the message as argument"),
    ErrorCase("lambda x: = 3", "expected an expression after ':', not '='", "="),
    ErrorCase("x = lambda", "expected the name of a parameter", ""),
    ErrorCase("x = {1: 2, 3}", "expected ':' and a value after the key of this dict", "}"),
    ErrorCase("x = {1, 2: 3}", "expected '}', not ':'", ":"),
    ErrorCase(
      "x = {a = 3}", "'=' assigns and cannot stand within an expression", "=",
      hint: "use == to compare"),
    ErrorCase("x[ ]", "expected an index between '[' and ']'", "]"),
    ErrorCase("x[1:2:3:4]", "expected ']', not ':'", ":"),
    ErrorCase("\\ x", "a backslash joins two lines, so nothing may follow it on its line", "\\"),
    ErrorCase(
      "x = 1 \\ ", "a backslash joins two lines, so nothing may follow it on its line", "\\"),
    ErrorCase("x = a <<  2", "the operator '<<' is not part of the language", "<<"),
    ErrorCase("x = not", "expected an expression after 'not'", ""),
    ErrorCase(
      "x = 1 + not y", "'not' cannot stand right here after '+'", "not",
      hint: "put it in parentheses: (not …)"),
    ErrorCase(
      "x = a == not b", "'not' cannot stand right here after '=='", "not",
      hint: "put it in parentheses: (not …)"),
    ErrorCase(
      "for i in range(3) print(i)", "expected ':' after the values of for, not 'print'", "print"),
    ErrorCase("if x then y", "expected ':' after the condition of if, not 'then'", "then"),
    ErrorCase(
      "else: pass", "'else' has no 'if', 'for', 'while' or 'try' before it at this indentation",
      "else"),
    ErrorCase("except: pass", "'except' has no 'try' before it at this indentation", "except"),
    ErrorCase(
      "%", "expected the name of a magic after '%'", "%", hint: "%who, for one, lists the variables"
    ),
    ErrorCase(
      "  %time x", "this line is indented, but no block starts before it", "  ",
      hint: "take away the space before it"),
    ErrorCase(
      "x = %time y", "expected an expression after '='", "%",
      hint: "a magic such as %time stands at the start of a line"),
    ErrorCase("x = $3", "the character '$' is not part of the language", "$"),
    ErrorCase(
      "x = `a`", "the character '`' is not part of the language", "`",
      hint: "strings stand between ' or \""),
    ErrorCase("x = 3;; y", "expected an expression, not ';'", ";"),
    ErrorCase("; x", "expected an expression, not ';'", ";"),
    ErrorCase(
      "if True:", "expected an indented block after 'if' on line 1", "",
      hint: "write pass for a block that does nothing"),
    ErrorCase(
      "x = 1; if y: z", "'if' cannot follow another statement on its line", "if",
      hint: "start a new line"),
    ErrorCase(
      "if x: for y in z: pass", "'for' cannot stand on the line of another block's header", "for",
      hint: "start a new line and indent it"),
    ErrorCase("print(f\"{x} {y!r:>{w}} {\")", "'{' was never closed in this f-string", "{"),
    ErrorCase(
      "x = 'it's'", "the string ends before 's'", "s",
      hint: "put the other kind of quotes around a string that holds a quote"),
    ErrorCase(
      "x = ('a' 'b' c)", "expected ',' or ')' before 'c'", "c", hint: "perhaps a comma is missing"),
    ErrorCase("with open(x) as 3: pass", "cannot assign to a number", "3"),
    ErrorCase("assert", "expected an expression after 'assert'", ""),
    ErrorCase("def f(x, *, **k): pass", "expected parameters after '*'", "*"),
    ErrorCase("def f(*a, *b): pass", "only one parameter can have a '*'", "b"),
    ErrorCase("def f(**k, a): pass", "nothing can follow '**k'", "a"),
    ErrorCase("def f((a,b)): pass", "a parameter is a name: it cannot be unpacked here", "("),
    ErrorCase("def f(x, /): pass", "'/' among parameters is not part of the language", "/"),
    ErrorCase("import a.", "expected the name of a module", ""),
    ErrorCase("from a import", "expected a name to import", ""),
    ErrorCase("from a import *, b", "expected the end of the line, not ','", ","),
    ErrorCase("continue", "'continue' stands outside of a loop", "continue"),
    ErrorCase("class A:\n    return 3", "'return' stands outside of a function", "return"),
    ErrorCase("def f():\n    from a import *", "'import *' stands at the top level only", "*"),
    ErrorCase("x = [i for i in]", "expected an expression after 'in', not ']'", "]"),
    ErrorCase("if : pass", "expected an expression after 'if', not ':'", ":"),
    ErrorCase("x = (yield)", "'yield' is not part of the language", "yield"),
    ErrorCase("a.b.if = 3", "'if' is a keyword and cannot be the name of an attribute", "if"),
    ErrorCase(
      "for x in y: else: z",
      "'else' has no 'if', 'for', 'while' or 'try' before it at this indentation", "else"),
    ErrorCase("!ls", "commands of the shell are not part of the language", "!"),
    ErrorCase(
      "x??  y", "'?' asks for help on a name and ends its line", "?",
      hint: "a conditional is written: value if test else other"),
    ErrorCase("a, b: int = 3", "':' starts no block here", ":"),
    ErrorCase("x = 3 : int", "expected the end of the line, not ':'", ":"),
    ErrorCase("print(1, 2))", "')' closes nothing: no bracket is open here", ")"),
    ErrorCase(
      "def f(): return\n x = 3", "this line is indented, but no block starts before it", " ",
      hint: "indent it as the line above"),
    ErrorCase("\"abc\" = 3", "cannot assign to a string", "\"abc\"", hint: "use == to compare"),
    ErrorCase("x = \"a\" + ", "expected an expression after '+'", ""),
    ErrorCase(
      "x = （3）", "the character '（' (U+FF08) is not part of the language", "（", hint: "write ("),
    ErrorCase(
      "x=3，4", "the character '，' (U+FF0C) is not part of the language", "，", hint: "write ,"),
    ErrorCase("if x == 3 and: pass", "expected an expression after 'and', not ':'", ":"),
    ErrorCase("def 3(): pass", "expected the name of a function", "3"),
    ErrorCase(
      "def class(): pass", "'class' is a keyword and cannot be the name of a function", "class"),
    ErrorCase(
      "func(a b)", "expected ',' or ')' before 'b'", "b", hint: "perhaps a comma is missing"),
    ErrorCase(
      "func(a, b c=3)", "expected ',' or ')' before 'c'", "c", hint: "perhaps a comma is missing"),
    ErrorCase(
      "print(\"a\" b)", "expected ',' or ')' before 'b'", "b", hint: "perhaps a comma is missing"),
    ErrorCase("dict(a: 3)", "expected ')', not ':'", ":"),
    ErrorCase(
      "x = {'a': 1 'b': 2}", "expected ',' or '}' before 'b'", "'b'",
      hint: "perhaps a comma is missing"),
    ErrorCase(
      "x = {'a' 1}", "expected ',' or '}' before '1'", "1", hint: "perhaps a comma is missing"),
    ErrorCase("switch x: pass", "'switch' is no keyword", "switch", hint: "did you mean 'with'?"),
    ErrorCase("elif x: pass", "'elif' has no 'if' before it at this indentation", "elif"),
    ErrorCase(
      "try: x\nfinaly: y", "expected 'except' or 'finally' after the block of 'try'", "finaly",
      hint: "did you mean 'finally'?"),
    ErrorCase("x = foo(1,\n    [2, 3)\n", "')' does not close '['", ")"),
    ErrorCase("\"a\\ud800\"", "there is no character U+D800", "\\ud800"),
    ErrorCase("f\"{x:{y!}}\"", "expected r, s or a after '!' in this f-string", "}"),
    ErrorCase("if x == 1 and:\n    pass", "expected an expression after 'and', not ':'", ":"),
    ErrorCase("for x in y z: pass", "expected ':' after the values of for, not 'z'", "z"),
    ErrorCase("a = b c = 3", "expected an operator or the end of the line before 'c'", "c"),
    ErrorCase("x = \"\"\"a\n", "this triple-quoted string was never closed", "\"\"\""),
    ErrorCase(
      "f(\n1\n2)", "expected ',' or ')' before '2'", "2", hint: "perhaps a comma is missing"),
    ErrorCase("x.", "expected the name of an attribute", ""),
    ErrorCase(
      "x.1", "expected a name after '.', not a number", ".1", hint: "write [1] for an index"),
    ErrorCase(
      "def f(a b): pass", "expected ',' or ')' before 'b'", "b", hint: "perhaps a comma is missing"),
    ErrorCase(
      "a\u{200B} = 1", "an invisible character stands here: zero width space (U+200B)", "\u{200B}",
      hint: "delete it and type the place again"),
    ErrorCase(
      "x = 3 × 4", "the character '×' (U+00D7) is not part of the language", "×",
      hint: "write * for a product"),
    ErrorCase(
      "y = x²", "the character '²' (U+00B2) is not part of the language", "²", hint: "write **2"),
    ErrorCase("class 3: pass", "expected the name of a class", "3"),
    ErrorCase("with: pass", "expected an expression after 'with', not ':'", ":"),
    ErrorCase("from a b", "expected 'import' after the name of the module, not 'b'", "b"),
    ErrorCase("import", "expected the name of a module", ""),
    ErrorCase("lambda 3: x", "expected the name of a parameter", "3"),
    ErrorCase("{**a for a in b}", "expected '}', not 'for'", "for"),
    ErrorCase("print(x", "'(' was never closed", "("),
    ErrorCase("while: pass", "expected an expression after 'while', not ':'", ":"),
    ErrorCase("global", "expected the name of a variable", ""),
    ErrorCase("def f(x=): pass", "expected an expression after '=', not ')'", ")"),
    ErrorCase("f(x=)", "expected an expression after '=', not ')'", ")"),
    ErrorCase("x = [1,,2]", "expected an expression, not ','", ","),
    ErrorCase("x = (,)", "expected an expression, not ','", ","),
    ErrorCase("(x for x)", "expected 'in' after the variable of for, not ')'", ")"),
    ErrorCase("[for x in y]", "expected an expression, but 'for' is a keyword", "for"),
    ErrorCase("x = y if z else", "expected an expression after 'else'", ""),
  ]
}
