import EngineInterface
import Interpreter

/// Makes the engine that every command runs code on.
func makeEngine() -> any Engine { NablaEngine(version: nablaVersion) }
