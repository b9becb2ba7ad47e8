import ArgumentParser
import Logging
import Testing

@testable import nabla

@Suite struct ArgumentTests {
  @Test(
    "a wrong command line ends with 2",
    arguments: [
      ["bogus"], ["run"], ["run", "--bogus", "a.ipynb"],
      ["run", "--in-place", "--output", "o", "a.ipynb"],
      ["run", "--in-place", "a.nabla"], ["install", "--user", "--prefix", "/p"],
      ["install", "--name", "a/b"],
      ["kernel", "x.json"], ["kernel", "--file", "x"],
      ["kernel", "-f", "x", "--log-level", "loud"], ["run", "a.txt"],
      ["run", "/no/such.ipynb"],
    ])
  func usage(arguments: [String]) {
    #expect(NablaCommand.start(["nabla"] + arguments) == 2)
  }

  @Test(
    "help and version end well",
    arguments: [["--help"], ["--version"], ["run", "--help"], ["help", "install"]])
  func help(arguments: [String]) {
    #expect(NablaCommand.start(["nabla"] + arguments) == 0)
  }

  @Test("Jupyter's own call needs no parser, and no other call is taken for it")
  func kernelCall() throws {
    #expect(try KernelCommand.runDirectly(["nabla", "kernel"]) == nil)
    #expect(
      try KernelCommand.runDirectly(["nabla", "kernel", "-f", "x", "--log-level", "info"]) == nil)
    #expect(try KernelCommand.runDirectly(["nabla", "kernel", "-f", "/no/such.json"]) == 1)
    let command = try KernelCommand.parse(["-f", "x", "--log-level", "debug"])
    #expect(command.connectionFile == "x")
    #expect(command.logLevel == .debug)
    #expect(try KernelCommand.parse([]).connectionFile == nil)
    let handedDown = try KernelCommand.parse(["-f", "x", "a.nabla", "--debug", "--Session.key=b''"])
    #expect(handedDown.connectionFile == "x")
  }

  @Test("every command explains itself")
  func explanations() {
    for command in NablaCommand.configuration.subcommands {
      #expect(!command.configuration.abstract.isEmpty)
      #expect(!command.configuration.discussion.isEmpty)
      #expect(command._commandName == command._commandName.lowercased())
    }
  }
}
