import Notebook

/// What a call of `nabla run` or `nabla check` is asked for.
struct RunSettings: Sendable {
  /// What is done with the outputs of a notebook that ran.
  enum Purpose: Sendable {
    case run(RunDestination)
    /// They are compared with the stored ones; with `update` those that differ are stored.
    case check(Tolerance, update: Bool)
  }

  var purpose: Purpose
  var files: [FileList.Entry]
  var policy = NotebookRunner.ErrorPolicy.stop
  /// Whether no other file begins after one that failed.
  var stopsAfterError = false
  var parameters = ParameterSet()
  /// The files that parameters were read from.
  var parameterFiles: [String] = []
  /// Whether what the cells give is shown.
  var showsCells = false
  /// Whether the tables of a script's tensors are shown.
  var showsTables = false
  var isQuiet: Bool
  var takesAnyLanguage: Bool
  var jobs: Int
  var retries: Int
  var timeout: TimeSpan?
  var deadline: TimeSpan?
  /// Whether each file runs in a process of its own.
  var usesProcesses: Bool
  var engineOptions: EngineOptions

  init(
    purpose: Purpose, files: [FileList.Entry], execution: ExecutionOptions,
    engineOptions: EngineOptions
  ) {
    self.purpose = purpose
    self.files = files
    self.engineOptions = engineOptions
    isQuiet = execution.quiet
    takesAnyLanguage = execution.anyLanguage
    retries = execution.retries ?? 0
    timeout = execution.timeout
    deadline = execution.deadline
    let wanted = execution.jobs ?? 1
    jobs = min(wanted == 0 ? Processors.count : wanted, max(files.count, 1))
    usesProcesses = files.count > 1 || execution.hasLimits
  }
}
