import Autodiff

extension Builtins {
  /// What a user watches and steers: bars and controls.
  static func steering() -> [Builtin] {
    [
      Builtin(
        "progress", "iterable, total=None, desc=''",
        "The items of a list, range, generator and the like, with a bar that shows how far the loop"
          + " is. `total` tells how many there are where that is not known, `desc` is shown before"
          + " the bar."
      ) { arguments, session throws(Failure) in
        let iterable = arguments.value(0)
        let items = try session.iterator(iterable)
        var total = try arguments.optionalInt(1)
        if let total, total < 0 {
          throw Failure(.value, "progress() needs a total that is not negative, not \(total)")
        }
        if total == nil { total = (try? session.length(of: iterable)) ?? nil }
        let title = try arguments.string(2, default: "")
        return .object(
          IteratorObject("progress", ProgressIterator(items, title: title, total: total)))
      },
      Builtin(
        "interact", "f, **controls",
        """
        Calls f and shows what it gives, with a control for each argument; whenever one is moved, f is \
        called again and its output replaced.

          x=(-5, 5)            a slider; (low, high, step) sets the step, (0.0, 1.0) takes fractions
          n=[1, 2, 3]          a menu, of a list, a dict of labels and values, or pairs of them
          on=True              a box to tick
          name='relu'          a field for text
          x=3                  a slider around a number

        A function that runs a backward pass shows the table of its values too, as a cell does. \
        Arguments that are not given take the defaults of f, and are controls where these make one. \
        Gives an object that can be called like f, with `value`, `arguments` and `close()`. Where no \
        widgets are to be had, as in a terminal and in `nabla run`, f is called once and its output \
        shown as it is.
        """
      ) { arguments, session throws(Failure) in
        .object(try session.interact(arguments.value(0), arguments.keywordRest))
      },
    ]
  }
}
