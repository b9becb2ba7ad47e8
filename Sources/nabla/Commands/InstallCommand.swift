import ArgumentParser
import Console

/// Where a kernel is to be installed, and under which name.
struct InstallOptions: ParsableArguments {
  @Flag(help: "Install for this user (the default).")
  var user = false

  @Flag(help: "Install into the virtual environment that is active.")
  var sysPrefix = false

  @Option(help: ArgumentHelp("Install into share/jupyter of a folder.", valueName: "folder"))
  var prefix: String?

  @Option(help: "The kernel's name for Jupyter.")
  var name = "nabla"

  func validate() throws {
    if [user, sysPrefix, prefix != nil].count(where: { $0 }) > 1 {
      throw ValidationError("--user, --sys-prefix and --prefix exclude each other")
    }
  }

  func installation() throws(CommandFailure) -> KernelspecInstallation {
    let environment = KernelspecLocation.processEnvironment
    let location: KernelspecLocation =
      if let prefix {
        .prefix(prefix)
      } else if sysPrefix {
        try .activeEnvironment(environment: environment)
      } else {
        try .user(environment: environment)
      }
    return try KernelspecInstallation(name: name, in: location)
  }
}

/// `nabla install`: adds the kernel to Jupyter.
struct InstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Add the kernel to Jupyter.",
    discussion: """
      Copies this binary and the kernel's specification into Jupyter's data folder, so the kernel \
      goes on working when this binary is moved or removed. It needs no root, and can be repeated \
      at any time: running kernels go on with the binary that they started with. JUPYTER_DATA_DIR \
      and XDG_DATA_HOME are honoured.

        nabla install
        nabla install --sys-prefix
        nabla install --prefix /opt/jupyter --name nabla-next
      """)

  @OptionGroup var options: InstallOptions

  func run() throws {
    let installation = try options.installation()
    try installation.install()
    Terminal.output.write("The kernel '\(installation.name)' is in \(installation.folder)\n")
  }
}

/// `nabla uninstall`: takes the kernel from Jupyter.
struct UninstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall",
    abstract: "Remove the kernel from Jupyter.",
    discussion: "Takes the options that the kernel was installed with.")

  @OptionGroup var options: InstallOptions

  func run() throws {
    let installation = try options.installation()
    try installation.uninstall()
    Terminal.output.write("The kernel '\(installation.name)' was removed from Jupyter\n")
  }
}
